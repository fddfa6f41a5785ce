/** The rules, in the order of their numbers in the catalogue. Adding one: its file, its page, and a line here. */
import type { Rule } from '../model.ts';
import { connectionRelayedRequest } from './connection-relayed-request.ts';
import { connectionRelayedResponse } from './connection-relayed-response.ts';
import { dumbProxyDeadlock } from './dumb-proxy-deadlock.ts';
import { keepAliveParamsRelayed } from './keep-alive-params-relayed.ts';
import { requestIgnoredOnPersistentConnection } from './request-ignored-on-persistent-connection.ts';
import { untilCloseButKeptOpen } from './until-close-but-kept-open.ts';

export const rules: readonly Rule[] = [
  dumbProxyDeadlock,
  requestIgnoredOnPersistentConnection,
  connectionRelayedRequest,
  connectionRelayedResponse,
  keepAliveParamsRelayed,
  untilCloseButKeptOpen,
];
