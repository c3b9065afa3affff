package yamldoc

import "regexp"

// reserved is a character that a plain value may not begin with.
var reserved = regexp.MustCompile("(?:^|: +|- +)([@`%])")

// inPlainWords says what an error of yaml.v3 means for the person who wrote the line, and what to
// write. Errors that are plain enough stay as they are.
func inPlainWords(message, line string) (reason, help string) {
	if m := reserved.FindStringSubmatch(line); m != nil && message == "found character that cannot start any token" {
		return "a value may not begin with " + m[1], "quotes around the value"
	}
	switch message {
	case "did not find expected key":
		return "a key must come here, and does not", "the same indentation as the keys beside it; or a quote that is missing in the lines above"
	case "did not find expected '-' indicator":
		return "this line is indented like the items of the list above it, but does not begin with -", ""
	case "did not find expected ',' or '}'":
		return "a { is not closed, or a comma is missing", ""
	case "did not find expected ',' or ']'":
		return "a [ is not closed, or a comma is missing", ""
	case "mapping values are not allowed in this context":
		return "there is a colon where a value cannot have one", "quotes around the value, if the colon is part of it"
	case "could not find expected ':'":
		return "a key has no colon", ""
	}
	return message, ""
}
