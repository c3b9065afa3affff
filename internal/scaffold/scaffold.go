// Package scaffold writes the beginnings of a new check into a checkout of this repository: the check
// itself, its page, a case that it finds something in and a clean one, and its entries in the lists.
package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

var slug = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// initialisms are the words of IDs that Go names have in capitals.
var initialisms = []string{"api", "cidr", "crd", "dnat", "dns", "http", "icmp", "ip", "tcp", "tls", "udp"}

// names are what the templates put in.
type names struct {
	ID    string // "dns-tcp-missing"
	Var   string // "DNSTCPMissing"
	Doc   string // "dnsTCPMissingDoc"
	Since string // the version of this tool
}

func namesOf(id, since string) names {
	n := names{ID: id, Since: since}
	for i, word := range strings.Split(id, "-") {
		title := strings.ToUpper(word[:1]) + word[1:]
		if slices.Contains(initialisms, word) {
			title = strings.ToUpper(word)
		}
		n.Var += title
		if i == 0 {
			title = word
		}
		n.Doc += title
	}
	n.Doc += "Doc"
	return n
}

// NewCheck writes a check with an ID into the repository in dir, and returns the files that it made or
// changed, relative to dir. Nothing is written if the ID is no slug or taken, or dir is something else.
func NewCheck(dir, id, since string) ([]string, error) {
	if !slug.MatchString(id) {
		return nil, fmt.Errorf("%q is no name for a check: it needs words of lower case letters and digits, joined by dashes, such as dns-tcp-missing", id)
	}
	n := namesOf(id, since)
	file := strings.ReplaceAll(id, "-", "_")
	if strings.HasSuffix(file, "_test") {
		return nil, fmt.Errorf("%q is no name for a check: Go takes a file %s.go for a test", id, file)
	}
	changes := map[string][]byte{}
	for name, tmpl := range map[string]string{
		"checks/" + file + ".go":                 "check.go.tmpl",
		"checks/doc/" + id + ".md":               "doc.md.tmpl",
		"checks/testdata/" + id + "/bad.txtar":   "bad.txtar.tmpl",
		"checks/testdata/" + id + "/clean.txtar": "clean.txtar.tmpl",
	} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s is there already", name)
		}
		var b bytes.Buffer
		if err := template.Must(template.ParseFS(templates, "templates/"+tmpl)).Execute(&b, n); err != nil {
			return nil, fmt.Errorf("filling in %s: %w", tmpl, err)
		}
		changes[name] = b.Bytes()
	}
	for name, add := range map[string]func(string, names) (string, error){"checks/checks.go": addToAll, "checks/docs.go": addPage} {
		old, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("this is not the top of tierlint's repository: %w", err)
		}
		text, err := add(string(old), n)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if changes[name], err = format.Source([]byte(text)); err != nil {
			return nil, fmt.Errorf("formatting %s: %w", name, err)
		}
	}
	return write(dir, changes)
}

// write writes files, in the order of their names.
func write(dir string, files map[string][]byte) ([]string, error) {
	var out []string
	for name := range files {
		out = append(out, name)
	}
	slices.Sort(out)
	for _, name := range out {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(at, files[name], 0o644); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// addToAll puts the check into the slice All, which is ordered by ID.
func addToAll(text string, n names) (string, error) {
	const begin = "var All = []*check.Check{\n"
	head, rest, ok := strings.Cut(text, begin)
	entries, tail, closed := strings.Cut(rest, "}\n")
	if !ok || !closed {
		return "", errors.New("the slice All is not found")
	}
	lines := strings.SplitAfter(entries, "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool { return l == "" })
	at := slices.IndexFunc(lines, func(l string) bool { return n.ID < idOf(strings.Trim(l, "\t,\n")) })
	if at < 0 {
		at = len(lines)
	}
	return head + begin + strings.Join(slices.Insert(lines, at, "\t"+n.Var+",\n"), "") + "}\n" + tail, nil
}

// idOf is the ID of a check by the name of its variable: "DNSTCPMissing" is "dns-tcp-missing".
func idOf(name string) string {
	var words []string
	for name != "" {
		word := regexp.MustCompile(`^[A-Z][a-z0-9]*`).FindString(name)
		for _, i := range initialisms {
			if strings.HasPrefix(name, strings.ToUpper(i)) {
				word = name[:len(i)]
			}
		}
		if word == "" {
			return strings.ToLower(name) // no name as they are made here
		}
		words = append(words, strings.ToLower(word))
		name = name[len(word):]
	}
	return strings.Join(words, "-")
}

var page = regexp.MustCompile(`(?m)^//go:embed doc/(.*)\.md\n`)

// addPage embeds the page, in the order of the IDs.
func addPage(text string, n names) (string, error) {
	pages := page.FindAllStringSubmatchIndex(text, -1)
	if len(pages) == 0 {
		return "", errors.New("no page is embedded")
	}
	entry := fmt.Sprintf("//go:embed doc/%s.md\nvar %s string\n", n.ID, n.Doc)
	for _, at := range pages {
		if n.ID < text[at[2]:at[3]] {
			return text[:at[0]] + entry + "\n" + text[at[0]:], nil
		}
	}
	return strings.TrimRight(text, "\n") + "\n\n" + entry, nil
}
