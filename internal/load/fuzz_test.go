package load_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/tierlint/tierlint/internal/load"
	"github.com/tierlint/tierlint/internal/model"
)

// FuzzCluster loads one object of any shape: it must neither panic nor depend on chance.
func FuzzCluster(f *testing.F) {
	load.QuietCalico()
	g := generator{rand.New(rand.NewPCG(1, 1))}
	for _, manifest := range []string{
		g.kubernetes(), g.admin(), g.admin(),
		"apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: a}\nspec: {ingress: [{action: Allow, protocol: TCP, source: {nets: [10.0.0.0/8], services: {name: a}}, destination: {ports: [1, '2:3', x]}}]}\n",
		"apiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {egress: [{action: pass, icmp: {type: 8}, source: {notSelector: all()}}]}\n",
		"apiVersion: projectcalico.org/v3\nkind: StagedKubernetesNetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}}\n",
		"apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: a}\nspec: {node: n, expectedIPs: ['::1'], profiles: [kns.a], ports: [{name: a, protocol: TCP, port: 1}]}\n",
		"apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {a: b}, ports: [{port: 1, targetPort: x}]}\n",
		"apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{ports: [{containerPort: 1}]}]}}}}}\n",
	} {
		data, err := yaml.YAMLToJSON([]byte(manifest))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var meta struct {
			APIVersion, Kind string
			Metadata         struct{ Namespace, Name string }
		}
		var v any
		if json.Unmarshal(data, &meta) != nil || json.Unmarshal(data, &v) != nil {
			t.Skip()
		}
		for _, version := range []model.Version{model.V329, model.V331, model.V332} {
			_, first := load.Cluster([]*load.Object{object(t, data)}, load.Options{Version: version})
			_, second := load.Cluster([]*load.Object{object(t, data)}, load.Options{Version: version})
			if !reflect.DeepEqual(first, second) {
				t.Errorf("%v, then %v", first, second)
			}
		}
	})
}
