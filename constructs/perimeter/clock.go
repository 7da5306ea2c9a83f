package perimeter

import (
	"strconv"
	"time"

	"sharedhub/constructs/awsfacts"
)

// dates are the forms that IAM takes (IAM guide, "Date condition operators": a form of ISO 8601, or seconds since 1970).
var dates = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02", "2006-01", "2006"}

func date(s string) (time.Time, bool) {
	for _, form := range dates {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	seconds, err := strconv.ParseInt(s, 10, 64)
	return time.Unix(seconds, 0).UTC(), err == nil
}

// clock warns of tests of the present time that have gone by. It is never an error: the files of yesterday must be as good today.
func (j *judge) clock(t test) string {
	key := awsfacts.ConditionKey(t.key)
	if key != "aws:currenttime" && key != "aws:epochtime" || t.operator.Base == "Null" {
		return ""
	}
	var latest, earliest time.Time
	for _, e := range listOf(t.raw) {
		s, _ := e.(string)
		if n, ok := e.(float64); ok {
			s = strconv.FormatFloat(n, 'f', 0, 64)
		}
		at, ok := date(s)
		if !ok {
			j.warn(t.path, "write a date such as 2027-01-31T00:00:00Z", "%s compares %s with %q, which is no date: they never match",
				t.name, t.key, s)
			return ""
		}
		if latest.IsZero() || at.After(latest) {
			latest = at
		}
		if earliest.IsZero() || at.Before(earliest) {
			earliest = at
		}
	}
	switch base := t.operator.Base; {
	case j.at.Now.IsZero() || latest.IsZero():
	case before(base) && latest.Before(j.at.Now):
		j.warn(t.path, "write a date to come, or take the statement out", "%s is about requests before %s, which has gone by: it %s", t.name,
			latest.Format(time.DateOnly), t.nothingNow())
	case after(base) && earliest.After(j.at.Now):
		j.warn(t.path, "take the test out if it is to hold today", "%s is about requests after %s, which is to come: until then it %s", t.name,
			earliest.Format(time.DateOnly), t.nothingNow())
	}
	return ""
}

func before(base string) bool {
	return base == "DateLessThan" || base == "DateLessThanEquals" || base == "NumericLessThan" || base == "NumericLessThanEquals"
}

func after(base string) bool {
	return base == "DateGreaterThan" || base == "DateGreaterThanEquals" || base == "NumericGreaterThan" ||
		base == "NumericGreaterThanEquals"
}

func (t test) nothingNow() string {
	if t.allow {
		return "admits nobody"
	}
	return "denies nothing"
}
