package load

import (
	"slices"
	"strings"
)

// stores is the names of images of databases and caches, which answer their clients and, as long as there is one of them, ask
// nobody.
var stores = []string{
	"postgres", "postgresql", "postgis", "timescaledb", "pgvector", "mysql", "mariadb", "mongo", "mongodb", "redis", "valkey", "keydb", "memcached",
}

// onlyAnswers says whether the containers of a pod are a database or cache, with nothing beside it but exporters of what it
// measures, which ask only that. An exporter of its own asks a database elsewhere.
func onlyAnswers(containers []container) bool {
	found := false
	for i := range containers {
		name := program(containers[i].Image)
		switch {
		case slices.Contains(stores, name):
			found = true
		case !strings.HasSuffix(name, "exporter"):
			return false
		}
	}
	return found
}

// program is the name of an image, without where it is and which one of that name it is.
func program(image string) string {
	name := image[strings.LastIndexByte(image, '/')+1:]
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ":")
	return name
}
