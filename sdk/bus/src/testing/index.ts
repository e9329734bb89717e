export { freePort, natsServerPath, startTestBus, startTestServer, type TestServer } from "./nats-server.js";
