package checktest

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tierlint/tierlint/internal/check"
)

// A check's Doc is markdown whose examples are run. A fence with a file name, "```yaml policy.yaml",
// is a file of a small repository. The line
//
//	<!-- output -->
//
// stands for what tierlint prints for the files so far; settings as in the comment of a case may
// follow the word, separated by semicolons: <!-- output platform: openshift -->. The files stay
// for the rest of the page, except those whose name begins with "bad"; a file shown again replaces
// the earlier one. What is there at the end is the good form, with the same settings, in which the
// check must find nothing.
var (
	fence  = regexp.MustCompile("^```([a-z]*) ([^ ]+)$")
	output = regexp.MustCompile(`^<!-- output ?(.*?) ?-->$`)
)

// Page is the check's page of documentation, with the output of its examples. It fails the test if the
// Doc has no bad example that the check finds something in, or no good one that it is silent about.
func Page(t testing.TB, c *check.Check) string {
	t.Helper()
	p := page{t: t, check: c, repo: &Repo{}}
	fmt.Fprintf(&p.out, "# %s: %s\n\nSeverity %s, since %s%s.\n\n", c.ID, c.Title, c.Severity, c.Since, off(c))
	for line := range strings.Lines(strings.TrimSpace(c.Doc) + "\n") {
		p.line(strings.TrimSuffix(line, "\n"))
	}
	p.end()
	return p.out.String()
}

func off(c *check.Check) string {
	if c.Off {
		return ", off unless the settings turn it on"
	}
	return ""
}

// page is a page in the making.
type page struct {
	t     testing.TB
	check *check.Check
	out   strings.Builder
	repo  *Repo
	file  *txtar.File // the file that is being shown
	runs  int         // outputs so far
	fresh int         // files since the last output
}

func (p *page) line(line string) {
	if p.file != nil {
		if line == "```" {
			p.keep(*p.file)
			p.file = nil
		} else {
			p.file.Data = append(p.file.Data, line+"\n"...)
		}
		fmt.Fprintln(&p.out, line)
		return
	}
	if m := output.FindStringSubmatch(line); m != nil {
		p.run(m[1])
		return
	}
	if m := fence.FindStringSubmatch(line); m != nil && path.Ext(m[2]) != "" {
		p.file = &txtar.File{Name: m[2]}
		fmt.Fprintf(&p.out, "`%s`:\n\n```%s\n", m[2], m[1])
		return
	}
	fmt.Fprintln(&p.out, line)
}

// keep adds a file to the repository, or replaces it.
func (p *page) keep(f txtar.File) {
	p.fresh++
	for i := range p.repo.Files {
		if p.repo.Files[i].Name == f.Name {
			p.repo.Files[i] = f
			return
		}
	}
	p.repo.Files = append(p.repo.Files, f)
}

// run shows what tierlint prints for the files.
func (p *page) run(settings string) {
	p.t.Helper()
	for setting := range strings.SplitSeq(settings, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(setting), ": ")
		if err := p.repo.set(key, value); err != nil {
			p.t.Errorf("doc of %s: %v", p.check.ID, err)
		}
	}
	text := Text(p.t, p.repo.Check(p.t, p.check))
	if !strings.Contains(text, "["+p.check.ID+"]") {
		p.t.Errorf("doc of %s: it finds nothing in this example:\n%s", p.check.ID, text)
	}
	fmt.Fprintf(&p.out, "```text\n%s```\n", text)
	p.runs++
	p.fresh = 0
	var files []txtar.File
	for _, f := range p.repo.Files {
		if !strings.HasPrefix(path.Base(f.Name), "bad") {
			files = append(files, f)
		}
	}
	p.repo.Files = files
}

// end tries the good form.
func (p *page) end() {
	p.t.Helper()
	if p.file != nil {
		p.t.Errorf("doc of %s: %s has no end", p.check.ID, p.file.Name)
	}
	if p.runs == 0 {
		p.t.Errorf("doc of %s: no <!-- output --> of a bad example", p.check.ID)
	}
	if p.fresh == 0 {
		p.t.Errorf("doc of %s: no good form after the last output", p.check.ID)
		return
	}
	if res := p.repo.Check(p.t, p.check); len(res.Findings) > 0 {
		p.t.Errorf("doc of %s: the good form is not clean:\n%s", p.check.ID, Text(p.t, res))
	}
}
