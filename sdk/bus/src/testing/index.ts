export { freePort, natsServerPath, startTestBus, startTestServer, type TestServer } from "./nats-server.js";
export { RawConnection, type RawConnectionOptions, type RawMessage } from "./raw-connection.js";
