# The image of the GitHub Action, of pre-commit's docker hook and of other CI: one static binary. It needs
# BuildKit or buildah, for the build's own platform; scripts/container-test.sh builds it and tries it.

# An argument, so that tests can put another base in its place. Dependabot does not follow arguments
# (dependabot-core, issue 2057): move tag and digest by hand.
ARG GO_IMAGE=golang:1.26.8-bookworm@sha256:a688600ca24f8a4d3ca77f95b0dd40704a9fc787c826660eb7ba0b641b8b175d
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# What `tierlint version` says. The sources come without .git, so Go cannot know it.
ARG VERSION=devel
ARG TARGETOS
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath \
    -ldflags "-s -w -X github.com/tierlint/tierlint/internal/cli.version=$VERSION" -o /tierlint ./cmd/tierlint

# Nothing but the binary and its licence: it needs no shell, no certificates (it fetches nothing), no HOME and no /tmp, so any
# uid and a read-only root will do. No USER: the files on GitHub's runners belong to a uid that the image cannot
# know, and the runner wants root (docs.github.com, "Dockerfile support for GitHub Actions").
FROM scratch
ARG VERSION=devel
LABEL org.opencontainers.image.title="tierlint" \
      org.opencontainers.image.description="Checks Kubernetes and Calico network policies before they merge" \
      org.opencontainers.image.source="https://github.com/tierlint/tierlint" \
      org.opencontainers.image.documentation="https://github.com/tierlint/tierlint/blob/main/docs/ci.md" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION"
COPY LICENSE /LICENSE
COPY --from=build /tierlint /tierlint
ENTRYPOINT ["/tierlint"]
CMD ["check"]
