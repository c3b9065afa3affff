package report

// The part of SARIF 2.1.0 that is written: what GitHub's code scanning reads ("SARIF support for
// code scanning" in its docs) and the little more that the standard asks for. Nothing is ever null:
// codeql-action validates an upload against the schema, which allows that almost nowhere.

const (
	sarifVersion = "2.1.0"
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool              sarifTool         `json:"tool"`
	AutomationDetails sarifID           `json:"automationDetails"`
	ColumnKind        string            `json:"columnKind"`
	Invocations       []sarifInvocation `json:"invocations"`
	Results           []*sarifResult    `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name            string       `json:"name"`
	Version         string       `json:"version,omitempty"`
	SemanticVersion string       `json:"semanticVersion,omitempty"`
	InformationURI  string       `json:"informationUri"`
	Rules           []*sarifRule `json:"rules"`
}

type sarifRule struct {
	ID            string           `json:"id"`
	Name          string           `json:"name"`
	Short         sarifText        `json:"shortDescription"`
	Full          sarifText        `json:"fullDescription"`
	Help          sarifText        `json:"help"`
	HelpURI       string           `json:"helpUri,omitempty"`
	Configuration sarifLevel       `json:"defaultConfiguration"`
	Properties    sarifRuleDetails `json:"properties"`
}

// sarifRuleDetails have the names that GitHub gives them. Security severity is a number in a
// string; a rule without it is none of security.
type sarifRuleDetails struct {
	Precision        string   `json:"precision"`
	ProblemSeverity  string   `json:"problem.severity"`
	SecuritySeverity string   `json:"security-severity,omitempty"`
	Tags             []string `json:"tags"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifID struct {
	ID string `json:"id"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Related      []sarifLocation   `json:"relatedLocations,omitempty"`
	CodeFlows    []sarifCodeFlow   `json:"codeFlows,omitempty"`
	// Suppressions are left out of a run in which nothing is suppressed; otherwise every result has
	// them, if need be as an empty list (SARIF 2.1.0, 3.27.23).
	Suppressions *[]sarifSuppression `json:"suppressions,omitempty"`
	Properties   *sarifDetails       `json:"properties,omitempty"`
}

// sarifDetails are of a result, under names of our own.
type sarifDetails struct {
	Approximate  bool     `json:"approximate,omitempty"`
	Environments []string `json:"environments,omitempty"`
	Settle       string   `json:"settle,omitempty"`
}

type sarifLocation struct {
	ID       int           `json:"id,omitempty"` // from 1, as links in messages have it
	Physical sarifPhysical `json:"physicalLocation"`
	Message  *sarifText    `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"` // exclusive
}

type sarifCodeFlow struct {
	ThreadFlows []sarifThreadFlow `json:"threadFlows"`
}

type sarifThreadFlow struct {
	Locations []sarifStep `json:"locations"`
}

type sarifStep struct {
	Location sarifLocation `json:"location"`
}

type sarifSuppression struct {
	Kind          string        `json:"kind"`
	Status        string        `json:"status"`
	Justification string        `json:"justification"`
	Location      sarifLocation `json:"location"`
}
