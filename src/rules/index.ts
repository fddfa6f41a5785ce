/** The rules, in the order of their numbers in the catalogue; those that exonerate come last. Adding one: its file, its page, and a line here. */
import type { Rule } from '../model.ts';
import { answeredByIntermediary } from './answered-by-intermediary.ts';
import { bodylessResponseWithFraming } from './bodyless-response-with-framing.ts';
import { buffering } from './buffering.ts';
import { bytesAfterCompleteResponse } from './bytes-after-complete-response.ts';
import { captureEnded } from './capture-ended.ts';
import { chunkTerminatorMissing } from './chunk-terminator-missing.ts';
import { clientBug } from './client-bug.ts';
import { clientThinkTime } from './client-think-time.ts';
import { closeAnnouncedNotPerformed } from './close-announced-not-performed.ts';
import { closeWaitLeak } from './close-wait-leak.ts';
import { closedWithoutAnswer } from './closed-without-answer.ts';
import { conflictingLength } from './conflicting-length.ts';
import { connectionCloseRelayed } from './connection-close-relayed.ts';
import { connectionOptionReflected } from './connection-option-reflected.ts';
import { connectionOptionsConflict } from './connection-options-conflict.ts';
import { connectionRelayedRequest } from './connection-relayed-request.ts';
import { connectionRelayedResponse } from './connection-relayed-response.ts';
import { contentLengthOverstated } from './content-length-overstated.ts';
import { delayedAckStall } from './delayed-ack-stall.ts';
import { dumbProxyDeadlock } from './dumb-proxy-deadlock.ts';
import { earlyResponseDeadlock } from './early-response-deadlock.ts';
import { encrypted } from './encrypted.ts';
import { endToEndFieldNominated } from './end-to-end-field-nominated.ts';
import { expectContinueUnanswered } from './expect-continue-unanswered.ts';
import { flowControl } from './flow-control.ts';
import { framingChangedInconsistently } from './framing-changed-inconsistently.ts';
import { halfCloseNotRelayed } from './half-close-not-relayed.ts';
import { hopFieldsInInterimResponse } from './hop-fields-in-interim-response.ts';
import { hostNotRewritten } from './host-not-rewritten.ts';
import { http10KeepaliveNotEchoed } from './http10-keepalive-not-echoed.ts';
import { http10KeepaliveWithoutLength } from './http10-keepalive-without-length.ts';
import { idleCloseRace } from './idle-close-race.ts';
import { idleConnectionBlackholed } from './idle-connection-blackholed.ts';
import { interimResponseMishandled } from './interim-response-mishandled.ts';
import { keepAliveParamsRelayed } from './keep-alive-params-relayed.ts';
import { keepAliveSentToProxy } from './keep-alive-sent-to-proxy.ts';
import { keepaliveDefeated } from './keepalive-defeated.ts';
import { keepalivePeerNeverReuses } from './keepalive-peer-never-reuses.ts';
import { keepaliveTimeoutInversion } from './keepalive-timeout-inversion.ts';
import { longPollOrStream } from './long-poll-or-stream.ts';
import { lossInCapture } from './loss-in-capture.ts';
import { nominatedFieldRelayed } from './nominated-field-relayed.ts';
import { oneShotProxyClaimsPersistence } from './one-shot-proxy-claims-persistence.ts';
import { oneSided } from './one-sided.ts';
import { orphanConnectionField } from './orphan-connection-field.ts';
import { pipelinedRequestDropped } from './pipelined-request-dropped.ts';
import { poolQueueing } from './pool-queueing.ts';
import { proxyAuthorizationRelayed } from './proxy-authorization-relayed.ts';
import { proxyConnectionCascade } from './proxy-connection-cascade.ts';
import { proxyConnectionRelayed } from './proxy-connection-relayed.ts';
import { proxyConnectionSent } from './proxy-connection-sent.ts';
import { proxyCycleOnOneHop } from './proxy-cycle-on-one-hop.ts';
import { proxyPersistsWithHttp10Client } from './proxy-persists-with-http10-client.ts';
import { requestAfterClose } from './request-after-close.ts';
import { requestBodyShort } from './request-body-short.ts';
import { requestHeldUntilOriginClose } from './request-held-until-origin-close.ts';
import { requestIgnoredOnPersistentConnection } from './request-ignored-on-persistent-connection.ts';
import { responseDestroyedByReset } from './response-destroyed-by-reset.ts';
import { responseHeldUntilOriginClose } from './response-held-until-origin-close.ts';
import { responseMisassociated } from './response-misassociated.ts';
import { slowOrigin } from './slow-origin.ts';
import { slowProxy } from './slow-proxy.ts';
import { transferEncodingWithHttp10 } from './transfer-encoding-with-http10.ts';
import { truncatedByClose } from './truncated-by-close.ts';
import { tunnelAfterFirstRequest } from './tunnel-after-first-request.ts';
import { tunnelNode } from './tunnel-node.ts';
import { unsafeRetryByProxy } from './unsafe-retry-by-proxy.ts';
import { untilCloseButKeptOpen } from './until-close-but-kept-open.ts';
import { upgradeLost } from './upgrade-lost.ts';
import { upgradeRelayed } from './upgrade-relayed.ts';
import { upstreamConnectStall } from './upstream-connect-stall.ts';
import { versionRelayed } from './version-relayed.ts';
import { viaMissing } from './via-missing.ts';

export const rules: readonly Rule[] = [
  dumbProxyDeadlock,
  requestIgnoredOnPersistentConnection,
  responseHeldUntilOriginClose,
  requestHeldUntilOriginClose,
  keepalivePeerNeverReuses,
  oneShotProxyClaimsPersistence,
  proxyCycleOnOneHop,
  connectionRelayedRequest,
  nominatedFieldRelayed,
  orphanConnectionField,
  connectionRelayedResponse,
  keepAliveParamsRelayed,
  proxyConnectionCascade,
  proxyConnectionRelayed,
  connectionCloseRelayed,
  connectionOptionReflected,
  versionRelayed,
  upgradeLost,
  upgradeRelayed,
  untilCloseButKeptOpen,
  http10KeepaliveWithoutLength,
  closeAnnouncedNotPerformed,
  contentLengthOverstated,
  chunkTerminatorMissing,
  bytesAfterCompleteResponse,
  truncatedByClose,
  closedWithoutAnswer,
  bodylessResponseWithFraming,
  conflictingLength,
  requestBodyShort,
  transferEncodingWithHttp10,
  pipelinedRequestDropped,
  expectContinueUnanswered,
  interimResponseMishandled,
  endToEndFieldNominated,
  proxyPersistsWithHttp10Client,
  connectionOptionsConflict,
  hopFieldsInInterimResponse,
  proxyAuthorizationRelayed,
  framingChangedInconsistently,
  http10KeepaliveNotEchoed,
  earlyResponseDeadlock,
  idleCloseRace,
  keepaliveTimeoutInversion,
  idleConnectionBlackholed,
  responseDestroyedByReset,
  unsafeRetryByProxy,
  tunnelAfterFirstRequest,
  responseMisassociated,
  halfCloseNotRelayed,
  closeWaitLeak,
  requestAfterClose,
  delayedAckStall,
  keepaliveDefeated,
  upstreamConnectStall,
  keepAliveSentToProxy,
  proxyConnectionSent,
  viaMissing,
  hostNotRewritten,
  slowOrigin,
  slowProxy,
  longPollOrStream,
  clientThinkTime,
  captureEnded,
  oneSided,
  flowControl,
  lossInCapture,
  answeredByIntermediary,
  poolQueueing,
  buffering,
  encrypted,
  tunnelNode,
  clientBug,
];
