# docker build -t whogoes --build-arg COMMIT=$(git rev-parse HEAD) .
#
# In front of an API on this machine, on Linux:
#   docker run --rm --read-only --network host -e WHOGOES_ADMIN_TOKEN whogoes -u http://localhost:3000 -l 127.0.0.1:8401
# Elsewhere, or for an API that listens on the bridge's address, too:
#   docker run --rm --read-only --add-host host.docker.internal:host-gateway -p 127.0.0.1:8401:8401 -p 127.0.0.1:9401:9401 \
#     -e WHOGOES_ADMIN=0.0.0.0:9401 -e WHOGOES_ADMIN_TOKEN whogoes -u http://host.docker.internal:3000
# The review page is http://127.0.0.1:9401/#k=$WHOGOES_ADMIN_TOKEN; `openssl rand -hex 16` makes a key.
FROM debian:bookworm-slim AS build
COPY tests/install tests/packages /src/tests/
RUN /src/tests/install build
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json ./
COPY rules rules
COPY proxy proxy
ARG COMMIT=
RUN cmake --preset release -DWHOGOES_TESTS=OFF -DWHOGOES_COMMIT=$COMMIT && \
    cmake --build --preset release --target whogoes && \
    strip build/release/whogoes

FROM debian:bookworm-slim
COPY tests/install tests/packages /tmp/tests/
RUN /tmp/tests/install runtime && rm -rf /tmp/tests /var/lib/apt/lists/* /var/cache/apt/*
COPY --from=build /src/build/release/whogoes /usr/local/bin/whogoes

# What a volume is filled with when it is new: a log that the number below may write.
RUN install -d -o 65532 -g 65532 -m 750 /var/log/whogoes
# A number, so that runAsNonRoot can be checked. Nothing is written: a read-only root is fine.
USER 65532:65532
# In a container the loopback address is nobody's; -p 127.0.0.1:8401:8401 keeps it on the host's.
ENV WHOGOES_LISTEN=0.0.0.0:8401
EXPOSE 8401
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["whogoes", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["whogoes"]
