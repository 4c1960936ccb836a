/** A stand-in for the API: a test says what it answers. Whatever else is asked for fails the test. */
import { setupServer } from "msw/node";

export const server = setupServer();
