/**
 * Figure 4-15 on real sockets of the loopback interface: an origin that keeps connections, a proxy that relays one exchange
 * blindly and then waits for the origin's close, and a client that asks twice on one connection.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface PlayedHang {
  readonly ports: { readonly proxy: number; readonly origin: number };
  /** Settles when the origin's idle timer has ended the hang. */
  readonly over: Promise<void>;
  stop(): void;
}

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: Keep-Alive\r\nKeep-Alive: timeout=7, max=42\r\n\r\nhello';

/** Plays it; `idle` is the origin's idle timeout in seconds, hence the length of the hang. */
export async function playHang(idle: number): Promise<PlayedHang> {
  const sockets: Socket[] = [];
  const keep = (socket: Socket): Socket => {
    sockets.push(socket);
    return socket.on('error', () => socket.destroy());
  };
  const origin = await listen((socket) => {
    keep(socket);
    socket.on('data', () => {
      socket.write(ANSWER);
      socket.setTimeout(idle * 1000, () => socket.end());
    });
  });
  const proxy = await listen((client) => {
    keep(client);
    client.once('data', (request) => {
      client.pause(); // from here on it reads only what the origin sends
      const next = keep(connect(portOf(origin), '127.0.0.1', () => next.write(request)));
      next.on('data', (answer) => client.write(answer));
      next.on('end', () => {
        next.end();
        client.destroy();
      });
    });
  });
  const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: origin.example\r\nConnection: Keep-Alive\r\n\r\n`;
  const client = keep(connect(portOf(proxy), '127.0.0.1', () => client.write(request('/a'))));
  client.once('data', () => setTimeout(() => client.write(request('/b')), 100));
  const over = new Promise<void>((resolve) => client.on('close', () => resolve()));
  const stop = (): void => {
    for (const socket of sockets) socket.destroy();
    origin.close();
    proxy.close();
  };
  return { ports: { proxy: portOf(proxy), origin: portOf(origin) }, over, stop };
}

function listen(onConnection: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer(onConnection).listen(0, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return address instanceof Object ? address.port : 0;
}
