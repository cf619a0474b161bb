# The same application by DATABASE_URL and BROKER_URL; docker-compose.yml shows how.
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA=/data
WORKDIR /app

COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY . .
RUN useradd --uid 1000 --create-home merihari \
    && mkdir /data \
    && SECRET_KEY=for-the-build-only python manage.py compilemessages \
    && SECRET_KEY=for-the-build-only python manage.py collectstatic --noinput --verbosity 0 \
    && chown merihari /data

USER merihari
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket", "--access-logfile", "-"]
