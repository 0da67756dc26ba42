# The playground as one image: `docker build -t mindvideo-playground .`, and docs/deploy.md says how to run it.
# e2e/fixtures/image.ts reads the last stage and does the same in a folder, so what stands here is what the tests start.
ARG NODE_IMAGE=node:22.21.1-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM ${NODE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 DATA_DIR=/data
COPY --from=build /app/.next/standalone ./
COPY --from=build /app/.next/static ./.next/static
COPY --from=build /app/public ./public
COPY --from=build /app/scripts/standalone.mjs /app/scripts/healthy.mjs /app/scripts/environment.mjs /app/scripts/run.mjs ./scripts/
# The user owns nothing but the data: what runs cannot change what it runs.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["node", "scripts/healthy.mjs"]
CMD ["node", "scripts/standalone.mjs"]
