FROM python:3.13-slim-bookworm AS built
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements-prod.lock /
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r /requirements-prod.lock

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --home-dir /berth berth
WORKDIR /berth
COPY --from=built /venv /venv
COPY domain domain
COPY bot bot
COPY api api
COPY jobs jobs
COPY app app
ENV PATH=/venv/bin:$PATH PYTHONPATH=/berth PYTHONUNBUFFERED=1 BERTH_API_HOST=0.0.0.0 LOG_FORMAT=json
USER berth
EXPOSE 8080
ENTRYPOINT ["python", "-m", "app"]
CMD ["--help"]
