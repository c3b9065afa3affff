package near

import (
	"slices"
	"strings"
)

// Slip says whether two names that anybody may give differ by a slip: in upper and lower case, in - and _, or by one letter of
// a word that is long enough to tell. Numbers and short words are meant: node1 is not node2, and shard-a not shard-b.
func Slip(a, b string) bool {
	if a == b {
		return false
	}
	x, y := words(a), words(b)
	if strings.Join(x, "") == strings.Join(y, "") {
		return true
	}
	if len(x) != len(y) {
		return false
	}
	differ := 0
	for i := range x {
		if x[i] != y[i] {
			differ++
			if !sameWord(x[i], y[i]) && !renamed(x[i], y[i]) {
				return false
			}
		}
	}
	return differ == 1
}

// words is the words of a name, in small letters.
func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
}

// renamed says whether one word has taken the place of the other in many charts.
func renamed(x, y string) bool {
	return slices.ContainsFunc([][2]string{
		{"master", "primary"}, {"master", "controller"}, {"slave", "replica"}, {"slave", "secondary"}, {"slave", "agent"},
	}, func(pair [2]string) bool { return pair == [2]string{x, y} || pair == [2]string{y, x} })
}

// sameWord says whether of two words one letter is too many, missing or another, or two have changed places. Of a word of
// three letters it may be doubled, or an s at the end, or two have changed places.
func sameWord(x, y string) bool {
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) < 3 || len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if isDigit(y[i]) || i < len(x) && isDigit(x[i]) {
		return false
	}
	if len(x) < len(y) {
		plural := i == len(x) && y[i] == 's'
		return x[i:] == y[i+1:] && (len(x) > 3 || plural || i > 0 && y[i] == y[i-1])
	}
	swapped := i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && x[i+2:] == y[i+2:]
	return swapped || len(x) > 3 && x[i+1:] == y[i+1:]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
