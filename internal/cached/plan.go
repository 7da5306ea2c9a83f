package cached

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"maps"
	"reflect"
	"slices"

	"sharedhub/constructs/catalog"
	"sharedhub/internal/config"
)

// PlanDigest is equal for equal plans: the hubs with everything that they and their spokes hold, whatever file it came from. It
// reads every field there is, so that a new one counts without anybody's doing.
func PlanDigest(hubs []*config.Hub) (string, error) {
	d := newDigester()
	err := d.value(reflect.ValueOf(hubs))
	return d.sum(), err
}

// digester walks Go values, cyclic ones too.
type digester struct {
	hash hash.Hash
	to   *bufio.Writer
	// within are the pointers whose values are being said, with how deep they are: a spoke names its hub, which lists it.
	within map[pointer]uint64
}

type pointer struct {
	of reflect.Type
	at uintptr
}

func newDigester() *digester {
	h := sha256.New()
	return &digester{h, bufio.NewWriterSize(h, 1<<14), map[pointer]uint64{}}
}

func (d *digester) sum() string {
	_ = d.to.Flush() // a hash takes everything
	return hex.EncodeToString(d.hash.Sum(nil))
}

func (d *digester) number(n uint64) {
	var b [binary.MaxVarintLen64]byte
	_, _ = d.to.Write(b[:binary.PutUvarint(b[:], n)])
}

func (d *digester) text(s string) {
	d.number(uint64(len(s)))
	_, _ = d.to.WriteString(s)
}

var catalogType = reflect.TypeFor[catalog.Catalog]()

// value says a value so that no other is said the same way. It refuses what has none, such as a function.
func (d *digester) value(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Bool:
		d.number(1)
		if v.Bool() {
			d.number(1)
		} else {
			d.number(0)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		d.number(uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		d.number(v.Uint())
	case reflect.Float32, reflect.Float64:
		d.text(fmt.Sprint(v.Float()))
	case reflect.String:
		d.text(v.String())
	case reflect.Slice, reflect.Array:
		return d.list(v)
	case reflect.Map:
		return d.object(v)
	case reflect.Struct:
		return d.fields(v)
	case reflect.Pointer, reflect.Interface:
		return d.pointed(v)
	case reflect.Invalid, reflect.Uintptr, reflect.Complex64, reflect.Complex128, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return fmt.Errorf("a %s has no digest", v.Kind())
	}
	return nil
}

func (d *digester) list(v reflect.Value) error {
	if v.Kind() == reflect.Slice && v.IsNil() {
		d.number(0)
		return nil
	}
	d.number(uint64(v.Len()) + 1)
	for i := range v.Len() {
		if err := d.value(v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (d *digester) object(v reflect.Value) error {
	if v.Type().Key().Kind() != reflect.String {
		return errors.New("a map whose keys are no strings has no digest")
	}
	byKey := make(map[string]reflect.Value, v.Len())
	for k, e := range v.Seq2() {
		byKey[k.String()] = e
	}
	d.number(uint64(len(byKey)))
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		d.text(k)
		if err := d.value(byKey[k]); err != nil {
			return err
		}
	}
	return nil
}

// fields of a struct. A catalogue is what it was made of: the rest is the program's own, or found when it is first asked for.
func (d *digester) fields(v reflect.Value) error {
	t := v.Type()
	for i := range t.NumField() {
		if name := t.Field(i).Name; t == catalogType && name != "Region" && name != "own" {
			continue
		}
		if err := d.value(v.Field(i)); err != nil {
			return fmt.Errorf("%s.%s: %w", t, t.Field(i).Name, err)
		}
	}
	return nil
}

func (d *digester) pointed(v reflect.Value) error {
	if v.IsNil() {
		d.number(0)
		return nil
	}
	if v.Kind() == reflect.Interface {
		d.text(v.Elem().Type().String())
		return d.value(v.Elem())
	}
	p := pointer{v.Type(), v.Pointer()}
	if depth, ok := d.within[p]; ok {
		d.number(2)
		d.number(depth)
		return nil
	}
	d.within[p] = uint64(len(d.within))
	defer delete(d.within, p)
	d.number(1)
	return d.value(v.Elem())
}
