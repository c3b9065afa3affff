#!/usr/bin/env bash
# A release, in two commits. The first, on main, gives CHANGELOG.md, the hooks and the docs the new version. The second
# stands beside main and bears the tag: its action.yml runs the published image, where main's builds the Dockerfile, so
# that nobody who uses a release waits for a compiler. Nothing is pushed.
#
#   scripts/release.sh v1.2.3           make the commits and the tag
#   scripts/release.sh notes v1.2.3     print what CHANGELOG.md says of a version
set -euo pipefail
cd "$(dirname "$0")/.."

die() { echo "release: $*" >&2; exit 1; }

notes() {
  local text
  text=$(awk -v head="## [${1#v}]" 'index($0, "## [") == 1 {on = index($0, head) == 1; next} on' CHANGELOG.md)
  [[ -n ${text//[[:space:]]/} ]] || die "CHANGELOG.md says nothing of $1"
  echo "$text"
}

if [[ ${1:-} == notes ]]; then
  notes "${2:?which version?}"
  exit
fi

version=${1:?which version? such as v1.2.3}
[[ $version =~ ^v(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ ]] || die "$version is no version such as v1.2.3"
[[ -z $(git status --porcelain) ]] || die "there are changes that are not committed"
branch=$(git symbolic-ref --quiet --short HEAD) || die "no branch is checked out"
! git rev-parse --verify --quiet "refs/tags/$version" >/dev/null || die "the tag $version is there already"

awk -v head="## [${version#v}] - $(date -u +%F)" \
  '{print} $0 == "## [Unreleased]" {print ""; print head}' CHANGELOG.md >CHANGELOG.new
mv CHANGELOG.new CHANGELOG.md
notes "$version" >/dev/null
# Every place that names the version to use, which release_test.go keeps in step.
git ls-files .pre-commit-hooks.yaml README.md 'docs/*.md' | xargs sed -i -E \
  "s#(ghcr\.io/tierlint/tierlint:|tierlint/tierlint@|cmd/tierlint@|releases/download/|rev: )v[0-9]+\.[0-9]+\.[0-9]+#\1$version#g"
git commit --quiet --all --message "Release $version"

git checkout --quiet --detach
sed -i -E "s#^  image: .*#  image: docker://ghcr.io/tierlint/tierlint:$version#" action.yml
git commit --quiet --all --message "Run the published image in $version"
git tag --annotate --message "tierlint $version" "$version"
git checkout --quiet "$branch"
echo "made $version; now: git push --atomic origin $branch $version"
