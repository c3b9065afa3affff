// Package near finds what a misspelt name is meant for. Name is for names of which there are only some, such as the fields of
// an object or the files of a folder: what is none of them is a mistake for certain, and which one is meant may be a guess.
// Slip is for names that somebody gave, such as labels: that two of them are nearly the same is all that speaks for a mistake,
// so it wants more.
package near

import "strings"

// Name is that of names which got is misspelt from: the one that the fewest letters make of it, at most one
// in four and no more than two, wherever they are upper or lower case. Of equally near ones it is the first.
// It returns "" if there is none, or if got itself is a name.
func Name(got string, names []string) string {
	best, least := "", min(2, max(1, len(got)/4), len(got))+1
	for _, n := range names {
		if n == got {
			return ""
		}
		if d := distance(strings.ToLower(got), strings.ToLower(n), least); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is how many letters must be put in, taken out, replaced, or change places with the next, to make b
// of a; limit if that is too many.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return min(limit, rows[len(a)][len(b)])
}
