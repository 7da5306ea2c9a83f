// Package stamp makes stacks that are equal but for a few values from one stack that the CDK has made.
//
// The CDK makes a stack of each shape with stand-ins for those values: names and numbers that are drawn at random, and again where
// the configuration holds one. Where a stand-in turns up, in the strings of the parsed files, is where the
// value belongs; a logical id is calculated anew from its construct's path, as the CDK does. Whoever uses a pattern compares one
// stack that it makes with the CDK's own, byte by byte, before it makes others. The package is plain Go.
package stamp

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Values are what differs between the stacks of one shape. Two Values of a shape have as many of each.
type Values struct {
	// Names are written as they are, or as a part of an id: "orders-prod", "OrdersProd".
	Names []string
	// Texts are written as they are: an account's number, a tag's value.
	Texts []string
	// Ranges begin at these IPv4 addresses. What is written is an address in one of them, at the same distance from its start.
	Ranges []netip.Addr
}

// StandIns are values that nothing else has.
type StandIns struct {
	name   string
	text   string
	number uint64
	block  uint32
}

// NewStandIns draws them. A text that they may occur in beside the values holds none of them.
func NewStandIns(avoid string) *StandIns {
	for {
		var b [24]byte
		_, _ = rand.Read(b[:]) // it never fails (crypto/rand)
		s := &StandIns{
			name: hex.EncodeToString(b[:5]), text: "T" + hex.EncodeToString(b[5:15]),
			number: binary.BigEndian.Uint64(b[14:22]) % 1e9,
			block:  0xF0000000 | uint32(b[22]&0x0F)<<24 | uint32(b[23]&0xF0)<<16, // 240.0.0.0/4 is reserved (RFC 1112, section 4)
		}
		if s.block < 0xFF000000 && !s.in(avoid) {
			return s
		}
	}
}

// mostRanges is how many ranges a VPC has at most, and more.
const mostRanges = 16

func (s *StandIns) in(text string) bool {
	for i := range mostRanges {
		if strings.Contains(text, strings.TrimSuffix(s.Range(i).String(), "0.0")) {
			return true
		}
	}
	return strings.Contains(text, s.name[:5]) || strings.Contains(text, s.name[5:]) || strings.Contains(text, s.Account())
}

// Name is the i-th name. It has two words, as a name may have, so that each way to write one shows.
func (s *StandIns) Name(i int) string { return fmt.Sprintf("q%s-x%d%sx", s.name[:5], i, s.name[5:]) }

// Text is the i-th text.
func (s *StandIns) Text(i int) string { return fmt.Sprintf("%s%dT", s.text, i) }

// Account is the number of an account.
func (s *StandIns) Account() string { return fmt.Sprintf("909%09d", s.number) }

// Range is where the i-th range begins; it has room for a VPC's, which is a /16 at most.
func (s *StandIns) Range(i int) netip.Addr { return address(s.block + uint32(i)<<16) }

func address(n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}

func number(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

// part of a text: what is written as it is, or which value is written there.
type part struct {
	literal string
	fill    func(*filled) string // nil for a literal
}

// filled are the values of one stack, with what follows from them.
type filled struct {
	Values
	ids map[string]string // a logical id of the original, as it is in this stack
	// hash of the template, and of the description of where the template goes.
	hash, destination string
}

// reader finds stand-ins in the texts of one original.
type reader struct {
	words  []word
	ranges []uint32
	spoors []string // what must not be left of a stand-in
}

type word struct {
	text string
	fill func(*filled) string
}

func newReader(v Values) *reader {
	r := &reader{}
	for i, n := range v.Names {
		r.add(n, func(f *filled) string { return f.Names[i] })
		r.add(pascal(n), func(f *filled) string { return pascal(f.Names[i]) })
		r.spoors = append(r.spoors, strings.Split(strings.ToLower(n), "-")...)
	}
	for i, t := range v.Texts {
		r.add(t, func(f *filled) string { return f.Texts[i] })
		r.spoors = append(r.spoors, strings.ToLower(t))
	}
	for _, a := range v.Ranges {
		r.ranges = append(r.ranges, number(a))
	}
	return r
}

func (r *reader) add(text string, fill func(*filled) string) {
	r.words = append(r.words, word{text, fill})
}

// pascal is a name as stackname.Pascal writes it.
func pascal(name string) string {
	var b strings.Builder
	for w := range strings.FieldsFuncSeq(name, func(c rune) bool { return c == '-' || c == '.' }) {
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}

// parse takes a text apart. It fails where something is left of a stand-in, which is then written in a way not known here.
func (r *reader) parse(s string) ([]part, error) {
	var parts []part
	from := 0
	for i := 0; i < len(s); {
		n, fill := r.at(s, i)
		if n == 0 {
			i++
			continue
		}
		parts = append(parts, part{literal: s[from:i]}, part{fill: fill})
		i += n
		from = i
	}
	parts = append(parts, part{literal: s[from:]})
	for _, p := range parts {
		lower := strings.ToLower(p.literal)
		for _, spoor := range r.spoors {
			if strings.Contains(lower, spoor) {
				return nil, fmt.Errorf("%q is written in a way that is not known", s)
			}
		}
	}
	return parts, nil
}

// at is the stand-in at a place of a text: the longest. n is 0 for none.
func (r *reader) at(s string, i int) (n int, fill func(*filled) string) {
	for _, w := range r.words {
		if len(w.text) > n && strings.HasPrefix(s[i:], w.text) {
			n, fill = len(w.text), w.fill
		}
	}
	if n > 0 || s[i] != '2' { // 240 to 254
		return n, fill
	}
	n = quad(s, i)
	a, err := netip.ParseAddr(s[i : i+n])
	if err != nil {
		return 0, nil
	}
	for k, base := range r.ranges {
		if d := number(a) - base; d < 1<<16 {
			return n, func(f *filled) string { return address(number(f.Ranges[k]) + d).String() }
		}
	}
	return 0, nil
}

// quad is the length of the IPv4 address at a place of a text, 0 for none.
func quad(s string, i int) int {
	if i > 0 && (digit(s[i-1]) || s[i-1] == '.') {
		return 0
	}
	n := i
	for n < len(s) && (digit(s[n]) || s[n] == '.' && n+1 < len(s) && digit(s[n+1])) {
		n++
	}
	return n - i
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// fill writes a text with the values of a stack.
func fill(parts []part, f *filled) string {
	var b strings.Builder
	for _, p := range parts {
		if p.fill != nil {
			b.WriteString(p.fill(f))
		} else {
			b.WriteString(p.literal)
		}
	}
	return b.String()
}

// varies is false for a text that is the same in every stack.
func varies(parts []part) bool { return len(parts) > 1 }

// quote is a JSON string as JavaScript's JSON.stringify writes it: HTML's characters and U+2028 stay as they are.
func quote(b []byte, s string) []byte {
	b = append(b, '"')
	b = escape(b, s)
	return append(b, '"')
}

func escape(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case strings.IndexByte("\b\t\n\f\r", c) >= 0:
			b = append(b, '\\', "btnfr"[strings.IndexByte("\b\t\n\f\r", c)])
		default:
			b = append(b, `\u00`...)
			b = append(b, strconv.FormatUint(uint64(c)|0x100, 16)[1:]...)
		}
	}
	return b
}
