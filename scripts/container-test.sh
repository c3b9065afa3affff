#!/usr/bin/env bash
# Builds the image from the Dockerfile and runs it as its users do: plainly, as pre-commit, as GitHub's runner. The base
# is this machine's own Go, so that no registry is needed. Wants docker's engine or buildah (as root); where there is
# neither, it says so and is content.
set -euo pipefail
cd "$(dirname "$0")/.."

limit=25000000 # bytes, compressed
version=v0.0.0-test

skip() { echo "container test SKIPPED: $*"; exit 0; }
fail() { echo "container test FAILED: $*" >&2; exit 1; }

[[ $(uname -s) == Linux ]] || skip "images are built on Linux only"
if docker info >/dev/null 2>&1; then
  engine=docker
elif [[ $(id -u) == 0 ]] && command -v buildah >/dev/null; then
  engine=buildah
else
  skip "there is neither an engine of docker's that answers, nor root with buildah (apt-get install buildah)"
fi

work=$(mktemp -d)
container='' root=''
image=tierlint-test:$$
base=tierlint-test-base:$$
# A storage of its own: nothing that belongs to others is seen or left behind.
storage() { buildah --storage-driver vfs --root "$work/storage" --runroot "$work/run" "$@"; }
clean() {
  case $engine in
    docker) docker image rm --force "$image" "$base" >/dev/null 2>&1 || true ;;
    buildah) storage rm --all >/dev/null 2>&1 || true; storage rmi --all --force >/dev/null 2>&1 || true ;;
  esac
  rm -rf "$work"
}
trap clean EXIT

# The base: a shell for RUN, Go, and the certificates for modules that are not in the cache yet.
rootfs() {
  local to=$1 shell lib
  shell=$(readlink -f /bin/sh)
  mkdir -p "$to/bin" "$to/usr/local/go" "$to/etc/ssl/certs" "$to/tmp"
  cp "$shell" "$to/bin/sh"
  for lib in $(ldd "$shell" | grep -o '/[^ ]*'); do
    mkdir -p "$to$(dirname "$lib")"
    cp -L "$lib" "$to$lib"
  done
  cp -L /etc/ssl/certs/ca-certificates.crt "$to/etc/ssl/certs/" 2>/dev/null || true
  if [[ $engine == docker ]]; then cp -RL "$(go env GOROOT)/." "$to/usr/local/go"; fi # buildah mounts it
  {
    echo "FROM scratch"
    echo "COPY . /"
    echo "ENV PATH=/usr/local/go/bin:/bin GOTOOLCHAIN=local GOPROXY=$(go env GOPROXY) GOMODCACHE=/cache/mod GOCACHE=/cache/build"
  } >"$work/Base.dockerfile"
}

build() {
  local args=(--build-arg "GO_IMAGE=$base" --build-arg "VERSION=$version" --tag "$image" .)
  case $engine in
    docker)
      export DOCKER_BUILDKIT=1
      docker build --quiet --tag "$base" --file "$work/Base.dockerfile" "$work/base"
      docker build --network host "${args[@]}"
      ;;
    buildah)
      # The caches of this machine spare a download and minutes of compiling. TARGETOS and TARGETARCH are BuildKit's.
      mkdir -p "$(go env GOMODCACHE)" "$(go env GOCACHE)"
      storage bud --quiet --isolation chroot --tag "$base" --file "$work/Base.dockerfile" "$work/base"
      storage bud --quiet --isolation chroot --network host --build-arg TARGETOS=linux --build-arg "TARGETARCH=$(go env GOARCH)" \
        --volume "$(go env GOROOT):/usr/local/go:ro" --volume "$(go env GOMODCACHE):/cache/mod" \
        --volume "$(go env GOCACHE):/cache/build" "${args[@]}"
      ;;
  esac
}

# compressed is the size of what a user downloads.
compressed() {
  case $engine in
    docker) docker save "$image" | gzip -6 | wc -c ;;
    buildah) storage push --quiet --format oci "$image" "oci:$work/oci" && du -sb "$work/oci/blobs" | cut -f1 ;;
  esac
}

label() {
  local key="org.opencontainers.image.$1"
  case $engine in
    docker) docker image inspect --format "{{index .Config.Labels \"$key\"}}" "$image" ;;
    buildah) storage inspect --type image --format "{{index .OCIv1.Config.Labels \"$key\"}}" "$image" ;;
  esac
}

# run USER DIR INSIDE NAME=VALUE... -- ARGUMENT...: the image with DIR mounted at INSIDE, which is also where it works;
# without network, on a read-only root, and without the capabilities in $drop. Its output is in $out, its exit code in
# $code, its milliseconds in $took.
drop=(--cap-drop ALL)
run() {
  local user=$1 dir=$2 inside=$3 env=() start
  shift 3
  while [[ $1 != -- ]]; do env+=(--env "$1"); shift; done
  shift
  code=0
  start=$(date +%s%3N)
  case $engine in
    docker)
      out=$(docker run --rm --network none --read-only "${drop[@]}" --user "$user" "${env[@]}" \
        --volume "$dir:$inside" --workdir "$inside" "$image" "$@" 2>&1) || code=$?
      ;;
    buildah)
      # Isolation by chroot has neither --network none nor --read-only: the first is done outside, and at the end nothing
      # new may be in the root. Nor does it use the entry point.
      if [[ -z $container ]]; then
        container=$(storage from "$image")
        root=$(storage mount "$container")
        touch "$work/before"
      fi
      out=$(unshare --net buildah --storage-driver vfs --root "$work/storage" --runroot "$work/run" run --isolation chroot \
        "${drop[@]}" --user "$user" "${env[@]}" --volume "$dir:$inside" --workingdir "$inside" \
        "$container" -- /tierlint "$@" 2>&1) || code=$?
      ;;
  esac
  took=$(($(date +%s%3N) - start))
}

want() { # want CODE TEXT: what the last run must have done
  [[ $code == "$1" && $out == *"$2"* ]] || fail "exit code $code, want $1; want «$2» in:"$'\n'"$out"
}

echo "container test with $engine"
rootfs "$work/base"
build
size=$(compressed)
echo "compressed size: $size bytes"
((size <= limit)) || fail "the image has $size bytes, more than $limit"
[[ $(label version) == "$version" && $(label licenses) == Apache-2.0 ]] || fail "the labels are wrong: $(label version)"

cp -R fixtures/examples "$work/repo"
run 0:0 "$work/repo" /repo -- version
want 0 "tierlint $version"

# docker run -v "$PWD:/repo" IMAGE check /repo
best=1000000
for _ in 1 2 3 4 5; do
  run 0:0 "$work/repo" /repo -- check /repo/shop
  want 1 "[service-port]"
  ((took >= best)) || best=$took
done
echo "from start to findings: $best ms, the best of five"
if read -r load _ </proc/loadavg && ((${load%.*} >= $(nproc))); then
  echo "the machine is too busy (load $load) to judge the time"
elif ((best >= 1000)); then
  fail "it took $best ms at least, more than a second"
fi

# pre-commit runs it as the caller, who has no HOME in the image.
chmod -R a+rX "$work" && chown -R 1001:1001 "$work/repo"
run 65532:65532 "$work/repo" /src -- check clean
want 0 "No findings."
run 1001:1001 "$work/repo" /src -- check --format "sarif=out.sarif" shop
want 1 ""
[[ -s $work/repo/out.sarif && $(stat -c %u "$work/repo/out.sarif") == 1001 ]] || fail "no SARIF of uid 1001 was written"

# GitHub's runner: root, with the files of uid 1001 and inputs as variables with dashes in their names. Root needs its
# capabilities to write into such files.
drop=()
mkdir "$work/repo/.runner" && touch "$work/repo/.runner/output" && chown -R 1001:1001 "$work/repo"
run 0:0 "$work/repo" /github/workspace GITHUB_ACTIONS=true GITHUB_WORKSPACE=/github/workspace \
  GITHUB_OUTPUT=/github/workspace/.runner/output INPUT_PATH=shop INPUT_FAIL-ON=warning -- action
want 1 "::error file=shop/base/policies.yaml,line="
grep -q '^3$' "$work/repo/.runner/output" || fail "the outputs are wrong: $(cat "$work/repo/.runner/output")"

# A pull request, as actions/checkout leaves it with fetch-depth: 2. What the base had is not annotated.
pull=$work/pull
cp -R fixtures/examples/shop "$pull"
snapshot() {
  git -C "$pull" -c user.name=Test -c user.email=test@example.com -c init.defaultBranch=main "$@"
}
if command -v git >/dev/null; then
  snapshot init --quiet
  snapshot add . && snapshot commit --quiet --message base
  printf 'apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: new, namespace: shop}\nspec:\n  selector: app ==\n' >"$pull/new.yaml"
  snapshot add . && snapshot commit --quiet --message head
  sha=$(snapshot rev-parse HEAD)
  mkdir "$pull/.runner" && touch "$pull/.runner/output" "$pull/.runner/summary"
  echo '{"pull_request": {"base": {"repo": {"full_name": "a/b"}}, "head": {"repo": {"full_name": "a/b"}}}}' >"$pull/.runner/event.json"
  chown -R 1001:1001 "$pull"
  run 0:0 "$pull" /github/workspace GITHUB_ACTIONS=true GITHUB_WORKSPACE=/github/workspace GITHUB_EVENT_NAME=pull_request \
    GITHUB_EVENT_PATH=/github/workspace/.runner/event.json GITHUB_SHA="$sha" GITHUB_BASE_REF=main \
    GITHUB_OUTPUT=/github/workspace/.runner/output GITHUB_STEP_SUMMARY=/github/workspace/.runner/summary -- action
  want 1 "::error file=new.yaml,line=5"
  [[ $out != *"file=base/"* && $(grep -A1 '^new-findings<<' "$pull/.runner/output" | tail -1) == 1 ]] || fail "old findings count as new:"$'\n'"$out"
  [[ -s $pull/.runner/summary ]] || fail "there is no summary of the job"
else
  echo "container test: the pull request was left out, as there is no git"
fi

case $engine in
  docker) [[ $(docker image inspect --format '{{.Config.Entrypoint}}' "$image") == "[/tierlint]" ]] || fail "the entry point is wrong" ;;
  buildah)
    [[ $(storage inspect --type image --format '{{.OCIv1.Config.Entrypoint}}' "$image") == "[/tierlint]" ]] || fail "the entry point is wrong"
    written=$(find "$root" -newer "$work/before" -type f -not -path "$root/etc/*") # buildah's own hosts, resolv.conf
    [[ -z $written ]] || fail "it wrote into its root: $written"
    ;;
esac

echo "container test passed"
