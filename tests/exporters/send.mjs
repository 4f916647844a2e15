// node send.mjs EXPORTER URL COUNT: sends COUNT spans and prints the ids of each; fails when they were not taken.
import { OTLPTraceExporter as Grpc } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as Json } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as Proto } from "@opentelemetry/exporter-trace-otlp-proto";
import { ZipkinExporter as Zipkin } from "@opentelemetry/exporter-zipkin";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

const [kind, url, count] = process.argv.slice(2);
const EXPORTERS = {
  json: () => new Json({ url }),
  "json-gzip": () => new Json({ url, compression: "gzip" }),
  proto: () => new Proto({ url }),
  "proto-gzip": () => new Proto({ url, compression: "gzip" }),
  grpc: () => new Grpc({ url }),
  zipkin: () => new Zipkin({ url }),
};
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ "service.name": `shop-${kind}` }),
  spanProcessors: [new BatchSpanProcessor(EXPORTERS[kind]())],
});
const tracer = provider.getTracer("test");
for (let number = 0; number < Number(count); number++) {
  const span = tracer.startSpan(`GET /orders/${number}`, { kind: 1, attributes: { "http.route": "/orders/{id}", number } });
  const { traceId, spanId } = span.spanContext();
  console.log(`${traceId} ${spanId}`);
  span.end();
}
await provider.forceFlush();
await provider.shutdown();
