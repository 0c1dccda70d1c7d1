# The locked environment is built apart; the image that runs has no compiler, no pip cache and no root.
FROM python:3.12-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY batches batches
COPY workers workers
COPY console console
COPY simulator simulator
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
COPY --from=build /venv /venv
COPY batches/examples /examples
RUN useradd --create-home fluxbatch && install -d -o fluxbatch /data
USER fluxbatch
WORKDIR /data
ENV PATH=/venv/bin:$PATH FLUXBATCH_HOME=/data/home FLUXBATCH_IMAGES_URL=/data/images
VOLUME /data
ENTRYPOINT ["fluxbatch"]
CMD ["--help"]
