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
RUN /src/tests/install build image
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json LICENSE ./
COPY rules rules
COPY proxy proxy
ARG COMMIT=
RUN cmake --preset portable -DWHOGOES_COMMIT=$COMMIT && cmake --build --preset portable --target whogoes && \
    proxy/package/linked licences /licences && proxy/package/image-root build/portable/whogoes /licences /image

# The program has all that it needs linked in; around it are the authorities to trust, the time zones and
# the licences (/usr/share/doc/whogoes).
FROM scratch
COPY --from=build /image/etc /etc
COPY --from=build /image/usr /usr
COPY --from=build /image/var /var
COPY --from=build --chown=65532:65532 /image/log/ /var/log/
# A number, so that runAsNonRoot can be checked. Nothing is written: a read-only root is fine.
USER 65532:65532
ENV PATH=/usr/local/bin
# In a container the loopback address is nobody's; -p 127.0.0.1:8401:8401 keeps it on the host's.
ENV WHOGOES_LISTEN=0.0.0.0:8401
EXPOSE 8401
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["whogoes", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["whogoes"]
