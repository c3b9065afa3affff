#!/usr/bin/env bash
# Tries the hooks with the real pre-commit, in a small repository of its own. Where pre-commit is not installed
# (apt-get install pre-commit), it says so and is content. The hook `tierlint` is built from the last commit, as
# pre-commit builds it.
set -euo pipefail
cd "$(dirname "$0")/.."
hooks=$PWD

skip() { echo "pre-commit test SKIPPED: $*"; exit 0; }
fail() { echo "pre-commit test FAILED: $*" >&2; exit 1; }

for program in pre-commit git; do
  command -v "$program" >/dev/null || skip "$program is not installed"
done

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
unset "${!GIT_@}" # of a git hook that runs this
export GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_NOSYSTEM=1
git config --global user.name Test
git config --global user.email test@example.com
git config --global init.defaultBranch main
git config --global --add safe.directory '*' # the checkout may belong to another user
rev=$(git rev-parse --verify --quiet HEAD) || skip "this is no git repository, so pre-commit cannot clone it"
git diff --quiet HEAD -- || echo "pre-commit test: some changes are not committed; the hook is built without them"

# The modules that are here already, which pre-commit would download again into a GOPATH of its own.
GOMODCACHE=$(go env GOMODCACHE) GOCACHE=$(go env GOCACHE)
export GOMODCACHE GOCACHE PRE_COMMIT_HOME=$work/home PATH=$work/bin:$PATH
go build -o "$work/bin/tierlint" ./cmd/tierlint

# try HOOK: a repository with HOOK takes a good commit, and refuses one that only deletes the policy that DNS needs.
try() {
  local hook=$1 out code=0
  echo "== $hook"
  rm -rf "$work/repo"
  mkdir "$work/repo"
  cd "$work/repo"
  git init --quiet
  cat >.pre-commit-config.yaml <<EOF
repos:
- repo: file://$hooks
  rev: $rev
  hooks:
  - id: $hook
EOF
  cat >mailer.yaml <<EOF
apiVersion: v1
kind: Namespace
metadata: {name: mail}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: mailer, namespace: mail}
spec:
  selector: {matchLabels: {app: mailer}}
  template:
    metadata: {labels: {app: mailer}}
    spec: {containers: [{name: mailer, image: registry.example/mailer:1}]}
EOF
  cat >mailer-egress.yaml <<EOF
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: mailer-egress, namespace: mail}
spec:
  podSelector: {matchLabels: {app: mailer}}
  policyTypes: [Ingress, Egress]
  egress: [{ports: [{protocol: TCP, port: 587}]}]
EOF
  cat >allow-dns.yaml <<EOF
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-dns, namespace: mail}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
      podSelector: {matchLabels: {k8s-app: kube-dns}}
    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
EOF
  pre-commit install >/dev/null
  git add .
  out=$(git commit --message good 2>&1) || fail "$hook refuses a good commit:"$'\n'"$out"
  [[ $out == *"Passed"* ]] || fail "$hook did not run:"$'\n'"$out"
  git rm --quiet allow-dns.yaml
  out=$(git commit --message bad 2>&1) || code=$?
  [[ $code -ne 0 && $out == *"[dns-unreachable]"* ]] || fail "$hook lets a commit by that only deletes a policy (exit code $code):"$'\n'"$out"
  cd "$hooks"
}

try tierlint
try tierlint-system
echo "pre-commit test passed"
