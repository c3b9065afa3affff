# METADATA
# title: How findings name things
package tierlint.lib.words

# some_of names at most three, and counts the others.
some_of(names) := concat("", names) if count(names) <= 1

some_of(names) := sprintf("%s and %s", [concat(", ", array.slice(sorted, 0, count(sorted) - 1)), sorted[count(sorted) - 1]]) if {
	sorted := sort(names)
	count(sorted) in {2, 3}
}

some_of(names) := sprintf("%s and %d more", [concat(", ", array.slice(sorted, 0, 3)), count(sorted) - 3]) if {
	sorted := sort(names)
	count(sorted) > 3
}
