# The bot in a container; everything it stores lies in the volume /data.
#
#   docker build -t briefing-bot .
#   docker build -t briefing-bot --build-arg EXTRA_INDEX_URL=<address of an index with CPU builds> .
#   docker run -e TELEGRAM_BOT_TOKEN -v briefing-data:/data briefing-bot

ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim AS build
# A further package index for pip, for instance one that serves a CPU build of torch.
ARG EXTRA_INDEX_URL=""
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /bot
ENV PATH=/bot/bin:$PATH
COPY pyproject.toml constraints.txt ./
# The libraries are a layer of their own: a change of the bot's code doesn't install them again.
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
print(*p['dependencies'], *p['optional-dependencies']['postgres'], sep='\n')" > requirements.txt \
 && pip install ${EXTRA_INDEX_URL:+--extra-index-url "$EXTRA_INDEX_URL"} \
    -c constraints.txt -r requirements.txt
COPY README.md ./
COPY config ./config
COPY index ./index
COPY bot ./bot
RUN pip install --no-deps . && briefing check

FROM python:${PYTHON_VERSION}-slim
RUN useradd --uid 10001 --create-home bot \
 && install -d -o bot -g bot /data
COPY --from=build /bot /bot
ENV PATH=/bot/bin:$PATH \
    BRIEFING_DATA=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001
WORKDIR /home/bot
VOLUME /data
# Reads the settings and the database, and loads no model; it runs beside the bot.
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 \
    CMD ["briefing", "stats", "--json"]
ENTRYPOINT ["briefing"]
CMD ["run"]
