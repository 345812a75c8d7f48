# syntax=docker/dockerfile:1
# Luna's image: one for the web server, the worker and the migration. Runs as an ordinary user; /data is all it writes to.

FROM python:3.13-slim AS build
WORKDIR /luna
RUN python -m venv /venv
COPY requirements.lock tools/runtime_lock.py ./
RUN python runtime_lock.py > runtime.lock \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r runtime.lock

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /luna --shell /usr/sbin/nologin luna \
    && mkdir -p /luna /data && chown luna:luna /data
WORKDIR /luna
COPY --from=build /venv /venv
COPY manage.py ./
COPY luna luna
COPY people people
COPY launches launches
COPY milestones milestones
COPY integrations integrations
COPY reports reports
COPY templates templates
COPY static static
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LUNA_DATA_DIR=/data
# Collecting reads the settings, which make secrets where there are none: in a folder that is thrown away.
RUN python -m compileall -q /luna \
    && LUNA_DATA_DIR=/tmp/build python manage.py collectstatic --noinput -v 0 && rm -rf /tmp/build
USER luna
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=4)"]
CMD ["python", "manage.py", "web", "--host", "0.0.0.0"]
