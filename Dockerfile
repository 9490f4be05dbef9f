# Build the wheels here, so that no build tool reaches the image that runs.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md ./
COPY bot bot
COPY stories stories
RUN pip wheel --no-cache-dir --constraint constraints.txt --wheel-dir /wheels .

FROM python:3.12-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels storybot \
    && pip uninstall --yes pip \
    && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin storybot
ENV PYTHONUNBUFFERED=1 PORT=3000 STORYBOT_CACHE=/var/cache/storybot STORYBOT_DATA=/var/lib/storybot
# The first search works out what the stories mean: done here, a container starts in seconds.
RUN storybot search empathy >/dev/null && mkdir --mode 700 "$STORYBOT_DATA" \
    && chown -R 10001 "$STORYBOT_CACHE" "$STORYBOT_DATA"
# What people submit and schedule is kept here, unless STORYBOT_DATABASE_URL names a PostgreSQL database.
VOLUME /var/lib/storybot
USER 10001
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
ENTRYPOINT ["storybot"]
CMD ["run"]
