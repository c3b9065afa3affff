package environment_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tierlint/tierlint/internal/environment"
)

// Wherever roots lie: every one is in an environment, no environment has two that define the same, and
// the order in which maps are read decides nothing.
func TestRandomTrees(t *testing.T) {
	steps := [][]string{
		{"apps", "clusters", "examples", "infra"}, {"prod", "shop", "staging", "web"},
		{"base", "dns", "dns-okd", "overlays", "tests", "web", "web-okd"}, {"dev", "prod", "staging", "x"},
	}
	objects := []string{"deny", "web", "Pod/a/web", "Pod/b/web", "NetworkPolicy/a/deny", "GlobalNetworkPolicy/deny", "Namespace/a", "Service/a/web"}
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 0))
		trees := map[string]string{}
		for range 2 + random.IntN(14) {
			var path []string
			for i := range 1 + random.IntN(len(steps)) {
				path = append(path, steps[i][random.IntN(len(steps[i]))])
			}
			file := strings.Repeat(".yaml", random.IntN(2))
			trees[strings.Join(path, "/")+file] = strings.Join(objects[random.IntN(3):3+random.IntN(6)], " ")
		}
		var lines []string
		for path, defines := range trees {
			lines = append(lines, path+": "+defines)
		}
		slices.Sort(lines)
		text := strings.Join(lines, "\n")
		envs := environment.Group(builds(text))
		if again := show(environment.Group(builds(text))); again != show(envs) {
			t.Fatalf("of\n%s\ncomes\n%s\nand then\n%s", text, show(envs), again)
		}
		in := map[string]bool{}
		for _, e := range envs {
			seen := map[string]bool{}
			for _, b := range e.Builds {
				in[b.Root.Path] = true
				for _, o := range b.Objects {
					id := o.Kind + " " + o.Namespace + "/" + o.Name
					if seen[id] && o.Kind != "Namespace" {
						t.Errorf("%s has %s twice:\n%s\n%s", e.Name, id, text, show(envs))
					}
					seen[id] = true
				}
			}
		}
		for path := range trees {
			if !in[path] {
				t.Errorf("%s is in no environment:\n%s\n%s", path, text, show(envs))
			}
		}
	}
}
