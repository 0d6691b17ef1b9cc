FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 STATIC_ROOT=/app/staticfiles

WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY manage.py ./
COPY kamino ./kamino
COPY integrations ./integrations
COPY registers ./registers
COPY reconciliation ./reconciliation
COPY payments ./payments
COPY charges ./charges
COPY parties ./parties
COPY banking ./banking
COPY accounts ./accounts
COPY people ./people
COPY audit ./audit
COPY tenants ./tenants
COPY core ./core
COPY brazil ./brazil
COPY templates ./templates
COPY static ./static
COPY scripts/with_production_settings.py ./scripts/

RUN python scripts/with_production_settings.py manage.py collectstatic --no-input \
    && useradd --system --create-home kamino
USER kamino
EXPOSE 8000
