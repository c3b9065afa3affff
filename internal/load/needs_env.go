package load

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tierlint/tierlint/internal/model"
)

// setting is a variable of a container's environment, or an option of its program, with its value.
type setting struct {
	name, value string
	at          string // JSON pointer in the workload to where it is, or to what brings it
}

// addServiceNeeds finds the Services that workloads are told to connect to: variables of their environment and options of
// their programs name them. What is in Secrets and files is not read.
func (l *loader) addServiceNeeds() {
	if len(l.c.Services) == 0 {
		return
	}
	configs := l.configs()
	for _, e := range l.c.Endpoints {
		t := l.pods[e]
		if e.Type != model.Workload || t == nil || e.Assumed() {
			continue
		}
		named := map[*model.ServicePort]bool{}
		for _, settings := range settingsOf(e, t, configs) {
			for _, s := range settings {
				addresses := addressesIn(&s, settings)
				if strings.HasPrefix(s.name, "-") {
					addresses = l.certain(e, addresses)
				}
				service, port := l.serviceOf(e.Namespace, addresses)
				if service == nil || named[port] {
					continue
				}
				named[port] = true
				l.need(&model.Need{
					Object: e.Object, Kind: model.ServiceCall, At: s.at, What: fmt.Sprintf("%s of %s", s.name, e),
					From: peers([]*model.Endpoint{e}), Service: service, Port: port, To: backendsOn(service, port),
				})
			}
		}
	}
}

// serviceOf is the Service that all addresses of a setting name. A list of several hosts may be of all that there are,
// whether they are to be reached or not.
func (l *loader) serviceOf(namespace string, addresses []address) (s *model.Service, p *model.ServicePort) {
	for i, a := range addresses {
		service, port := l.serviceAt(namespace, a)
		if service == nil || i > 0 && service != s {
			return nil, nil
		}
		if i == 0 {
			s, p = service, port
		}
	}
	return s, p
}

// settingsOf is the settings of each container of a workload, those that run before the others last.
func settingsOf(e *model.Endpoint, t *podTemplate, configs map[string]config) [][]setting {
	var out [][]setting
	for i := range t.Spec.Containers {
		at, c := fmt.Sprintf("%s/%d", e.ContainersAt, i), &t.Spec.Containers[i]
		out = append(out, append(variablesOf(e.Namespace, at, c, configs), optionsOf(at, c)...))
	}
	for i := range t.Spec.InitContainers {
		at, c := fmt.Sprintf("%s/initContainers/%d", strings.TrimSuffix(e.ContainersAt, "/containers"), i), &t.Spec.InitContainers[i]
		out = append(out, append(variablesOf(e.Namespace, at, c, configs), optionsOf(at, c)...))
	}
	return out
}

// variablesOf is the environment of a container, as far as the inputs have it.
func variablesOf(namespace, at string, c *container, configs map[string]config) []setting {
	var out []setting
	for j, from := range c.EnvFrom {
		all := configs[namespace+"/"+from.ConfigMap.Name]
		if all.takers > 1 {
			continue // not each of them needs all of it
		}
		for _, k := range slices.Sorted(maps.Keys(all.data)) {
			out = append(out, setting{from.Prefix + k, all.data[k], fmt.Sprintf("%s/envFrom/%d", at, j)})
		}
	}
	for j, v := range c.Env {
		value := v.Value
		if ref := v.ValueFrom.ConfigMap; ref.Name != "" {
			value = configs[namespace+"/"+ref.Name].data[ref.Key]
		}
		out = append(out, setting{v.Name, value, fmt.Sprintf("%s/env/%d", at, j)})
	}
	return out
}

// address is a host and port that a setting names; the port is empty if it says none.
type address struct{ host, port string }

// schemePorts is the ports of schemes, for addresses that do without.
var schemePorts = map[string]string{
	"http": "80", "https": "443", "ws": "80", "wss": "443", "postgres": "5432", "postgresql": "5432", "mysql": "3306", "mariadb": "3306",
	"redis": "6379", "rediss": "6379", "mongodb": "27017", "amqp": "5672", "amqps": "5671", "nats": "4222",
}

// addressesIn is the addresses that a program would connect to because of a setting. Some settings name addresses for others
// to use: those of which a page, a cookie or a client in a browser comes, or under which the program itself is known.
func addressesIn(s *setting, all []setting) []address {
	name := strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToUpper(s.name))
	if slices.ContainsFunc(notConnected, func(word string) bool { return strings.Contains(name, word) }) {
		return nil
	}
	var out []address
	for _, part := range strings.FieldsFunc(s.value, func(r rune) bool { return strings.ContainsRune(",; \t\n", r) }) {
		if _, value, ok := strings.Cut(part, "="); ok && !strings.Contains(part, "://") && hostSettings.MatchString(part) {
			out = append(out, address{host: value})
			continue
		}
		part = strings.TrimPrefix(part, "jdbc:")
		if u, err := url.Parse(part); err == nil && u.Host != "" && strings.Contains(part, "://") {
			port := u.Port()
			if port == "" {
				port = schemePorts[u.Scheme]
			}
			out = append(out, address{u.Hostname(), port})
			continue
		}
		host, port, ok := strings.Cut(part, ":")
		if !ok && !namesHost(name, host) {
			continue
		}
		if !ok {
			port = portBeside(s.name, all)
		}
		if _, err := strconv.ParseUint(port, 10, 16); err == nil || port == "" {
			out = append(out, address{host, port})
		}
	}
	return out
}

// notConnected is words in the names of settings that are for others than the program.
var notConnected = []string{
	"ORIGIN", "CORS", "PUBLIC", "CALLBACK", "REDIRECT", "ADVERTISE", "AUDIENCE", "ISSUER", "ALLOWED", "PROXY", "EXTERNAL", "LISTEN", "BIND",
	"COOKIE", "DOMAIN", "FRONTEND", "SITE_URL", "APP_URL", "ROOT_URL", "WEB_URL", "VITE_", "REACT_APP_", "NUXT_", "SERVER_NAME", "POD_NAME",
}

// hostSettings is the part of a connection string that names the host, as in "Host=db;Port=5432".
var hostSettings = regexp.MustCompile(`(?i)^(host|server|hostname)=`)

// hostNames is the endings of names of settings whose values are hosts.
var hostNames = []string{"HOST", "HOSTS", "HOSTNAME", "ADDR", "ADDRESS", "ADDRESSES", "ENDPOINT", "SERVER", "SERVERS", "BROKER", "BROKERS", "URL", "URI"}

// namesHost says whether a setting without scheme and port names a host: its own name says so, or the full name of a Service.
func namesHost(setting, value string) bool {
	return strings.Contains(value, ".svc") || slices.ContainsFunc(hostNames, func(end string) bool { return strings.HasSuffix(setting, end) })
}

// portBeside is the port that another setting gives to a host: DB_PORT beside DB_HOST. It is empty if there is none.
func portBeside(name string, all []setting) string {
	stem, ok := strings.CutSuffix(strings.ToUpper(name), "HOST")
	if !ok {
		return ""
	}
	port := stem + "PORT"
	for i := range all {
		if strings.EqualFold(all[i].name, port) {
			return all[i].value
		}
	}
	return ""
}

// serviceAt is the Service of the inputs at an address, as the DNS of a namespace's pods has it, and its port: the only one
// that it has, if the address says none. An address of a single pod is that of the Service that governs it.
func (l *loader) serviceAt(namespace string, a address) (*model.Service, *model.ServicePort) {
	host := strings.TrimSuffix(strings.ToLower(a.host), ".")
	host = strings.TrimSuffix(strings.TrimSuffix(host, ".cluster.local"), ".svc")
	parts := strings.Split(host, ".")
	if len(parts) == 3 {
		parts = parts[1:]
	}
	if len(parts) == 2 {
		namespace = parts[1]
	}
	s := l.services[namespace+"/"+parts[0]]
	if s == nil || s.Assumed() || len(parts) > 2 {
		return nil, nil
	}
	for i := range s.Ports {
		if p := &s.Ports[i]; strconv.Itoa(int(p.Port)) == a.port || a.port == "" && len(s.Ports) == 1 {
			return s, p
		}
	}
	return nil, nil
}
