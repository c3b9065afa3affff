package load

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// optionsOf is the options in a container's command and arguments as settings, and the addresses for which its script waits.
func optionsOf(at string, c *container) []setting {
	var out []setting
	for _, list := range []struct {
		field string
		raw   json.RawMessage
	}{{"command", c.Command}, {"args", c.Args}} {
		var words []string
		if json.Unmarshal(list.raw, &words) != nil {
			continue
		}
		for i, word := range words {
			name, value, here := strings.Cut(word, "=")
			if !here && i+1 < len(words) {
				value = words[i+1]
			}
			// What has blanks, as after -c, is a script or a text.
			if strings.HasPrefix(word, "-") && !strings.HasPrefix(value, "-") && !strings.ContainsAny(value, " \t\n") {
				out = append(out, setting{name, value, fmt.Sprintf("%s/%s/%d", at, list.field, i)})
			}
		}
		out = append(out, waitedFor(strings.Join(words, " "), at+"/"+list.field)...)
	}
	return out
}

// certain is the addresses of an option that count: with a port, and not of the workload's own Service. Others are as often
// names that a program goes by, or that a certificate is for, as with kube-webhook-certgen.
func (l *loader) certain(e *model.Endpoint, addresses []address) []address {
	return slices.DeleteFunc(addresses, func(a address) bool {
		service, port := l.serviceAt(e.Namespace, a)
		return a.port == "" || service != nil &&
			slices.ContainsFunc(backendsOn(service, port), func(b model.Backend) bool { return b.Peer.Endpoint == e })
	})
}

// waits is how scripts wait for a port: `nc -z db 5432`, `wait-for-it.sh db:5432`, `pg_isready -h db`.
var waits = regexp.MustCompile(`\b(nc)(?:\s+-[a-zA-Z]+(?:\s+\d+)?)*\s+([a-zA-Z][\w.-]*)\s+(\d+)\b` +
	`|\b(wait-for(?:-it)?(?:\.sh)?)\s+([a-zA-Z][\w.-]*):(\d+)\b` +
	`|\b(pg_isready)\b[^|;&\n]*?\s-h\s+([a-zA-Z][\w.-]*)(?:\s+-p\s+(\d+)\b)?`)

// waitedFor is the addresses for which a script waits, under the name of the program that tries them.
func waitedFor(script, at string) []setting {
	var out []setting
	for _, m := range waits.FindAllStringSubmatch(script, -1) {
		for i := 1; i < len(m); i += 3 {
			program, host, port := m[i], m[i+1], m[i+2]
			if port == "" {
				port = schemePorts["postgres"]
			}
			if program != "" {
				out = append(out, setting{program, host + ":" + port, at})
			}
		}
	}
	return out
}
