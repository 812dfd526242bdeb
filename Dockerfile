# docker build -t whogoes . && docker run --rm --read-only -p 127.0.0.1:8401:8401 whogoes -u http://host.docker.internal:3000
FROM debian:bookworm-slim AS build
COPY tests/install tests/packages /src/tests/
RUN /src/tests/install build
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json ./
COPY rules rules
COPY proxy proxy
RUN cmake --preset release -DWHOGOES_TESTS=OFF && \
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
