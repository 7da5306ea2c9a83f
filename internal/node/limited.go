package node

import "bytes"

// Limited keeps the beginning of what is written to it.
type Limited struct {
	bytes.Buffer
	// Left is how many bytes more are kept.
	Left int
}

func (l *Limited) Write(b []byte) (int, error) {
	keep := min(len(b), l.Left)
	l.Left -= keep
	l.Buffer.Write(b[:keep])
	return len(b), nil
}
