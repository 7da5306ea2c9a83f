package cli

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"

	"sharedhub/internal/diag"
	"sharedhub/internal/terminal"
)

// question is what a person is asked where the command line leaves it open.
type question struct {
	// text of the question, and the answer of who presses Return; "" where an answer is needed.
	text, otherwise string
	// wrong says what is wrong with an answer; "" where nothing is.
	wrong func(string) string
}

// canAsk is true where somebody can answer a question.
func (p *program) canAsk() bool {
	return !p.json && !p.quiet && os.Getenv("CI") == "" && terminal.Is(p.stdin)
}

// ask asks until the answer is right.
func (p *program) ask(q question) (string, error) {
	if p.answers == nil {
		p.answers = bufio.NewReader(p.stdin)
	}
	for {
		if q.otherwise != "" {
			diag.Fprintf(p.stderr, "%s [%s]: ", q.text, q.otherwise)
		} else {
			diag.Fprintf(p.stderr, "%s: ", q.text)
		}
		line, err := p.answers.ReadString('\n')
		answer := strings.TrimSpace(line)
		if err != nil && (!errors.Is(err, io.EOF) || answer == "") {
			return "", errors.New("there was no answer; nothing was written")
		}
		if answer == "" {
			answer = q.otherwise
		}
		why := q.wrong(answer)
		if why == "" && answer != "" {
			return answer, nil
		}
		if why == "" {
			why = "write an answer"
		}
		diag.Fprintf(p.stderr, "%q will not do: %s\n", answer, why)
	}
}
