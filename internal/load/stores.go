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

// answers says whether an image is one of these, or of an exporter beside one.
func answers(image string) bool {
	name := image[strings.LastIndexByte(image, '/')+1:]
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ":")
	return slices.Contains(stores, name) || strings.HasSuffix(name, "exporter")
}
