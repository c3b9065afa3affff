# METADATA
# title: How findings name things
package tierlint.lib.words

# some_of names at most three, and counts the others.
some_of(names) := concat(", ", sorted) if {
	sorted := sort(names)
	count(sorted) <= 3
}

some_of(names) := sprintf("%s and %d more", [concat(", ", array.slice(sorted, 0, 3)), count(sorted) - 3]) if {
	sorted := sort(names)
	count(sorted) > 3
}
