package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Found is what discovery saw, for a first settings file.
type Found struct {
	// Platform is what the manifests give away, and where; empty: nothing.
	Platform, PlatformFrom string
	Environments           []FoundEnvironment
}

// FoundEnvironment is an environment that the rule makes.
type FoundEnvironment struct {
	Name  string
	Paths []string // of the roots that are only in some environments
}

// Sample is a first settings file: what was found, and what else can be set as comments.
func Sample(found Found) []byte {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("# yaml-language-server: $schema=%s", SchemaID)
	p("# Settings of tierlint. Flags and TIERLINT_ variables come before them.")
	p("")
	p("# The kind of cluster, which says where DNS is and what else is there already.")
	if found.Platform != "" {
		p("# Detected from %s.", oneLine(found.PlatformFrom))
		p("platform: %s", found.Platform)
	} else {
		p("# platform: kubernetes")
	}
	p("")
	p("# The version of Calico.")
	p(`# calicoVersion: "3.31"`)
	p("")
	p("# The networks of pods' addresses.")
	p("# podCIDRs: [10.244.0.0/16]")
	p("")
	p("# What is in the cluster, but is not under review. Export it with")
	p("#   kubectl get tiers,globalnetworkpolicies,namespaces,services,endpointslices,pods -A -o yaml")
	p("# context: [cluster/export.yaml]")
	p("")
	p("# From this severity on, `tierlint check` exits with 1: error, warning, note or never.")
	p("# failOn: error")
	p("")
	p("# Files and folders that are not looked at, unless a kustomization includes them.")
	p(`# exclude: ["**/examples"]`)
	p("")
	p("# Checks that are off, or have another severity. `tierlint checks` lists them.")
	p("# checks:")
	p("#   default-deny: off")
	p("")
	p("# Folders with rules of your own, written in Rego.")
	p("# rego: [policy]")
	p("")
	p("# Known findings, which are not reported. `tierlint check --write-baseline` writes the file.")
	p("# baseline: .tierlint-baseline.json")
	p("")
	p("# What each cluster gets; `tierlint environments` shows it. Paths that are in no environment, and")
	p("# define nothing that others do, are in all of them.")
	sampleEnvironments(&b, found.Environments)
	return []byte(b.String())
}

func sampleEnvironments(b *strings.Builder, found []FoundEnvironment) {
	if len(found) == 0 {
		b.WriteString("# environments:\n#   prod:\n#     paths: [clusters/prod]\n#     platform: kubernetes\n#     context: [cluster/prod.yaml]\n")
		return
	}
	b.WriteString("environments:\n")
	for _, e := range found {
		fmt.Fprintf(b, "  %s:\n    paths:\n", scalar(e.Name))
		for _, p := range e.Paths {
			fmt.Fprintf(b, "      - %s\n", scalar(escapeGlob(p)))
		}
	}
}

// scalar is a text as YAML has it.
func scalar(s string) string {
	data, err := yaml.Marshal(s)
	if err != nil {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimRight(string(data), "\n")
}

// oneLine is a text that cannot end a comment.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// escapeGlob makes a path a glob that matches only it.
func escapeGlob(p string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(p)
}
