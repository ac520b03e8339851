export { startTestServer, type TestServer } from '../../../packages/operations/test/test-server.ts';
