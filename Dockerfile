# The image of the GitHub Action and of pre-commit's docker hook: one static binary.
ARG GO_IMAGE=golang:1.26-bookworm
FROM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /tierlint ./cmd/tierlint

# No USER: the runner's files belong to an uid that the image cannot know.
FROM scratch
COPY --from=build /tierlint /tierlint
ENTRYPOINT ["/tierlint"]
CMD ["check"]
