import { expect, test } from 'vitest';
import { type FileStart, groupPoints } from './points.ts';

function file(path: string, begins: number, linkType = 'EN10MB'): FileStart {
  return { path, linkType, begins };
}

test.each([
  ['one file', [file('a.pcap', 1)], [['a.pcap']]],
  ['two hosts', [file('client.pcap', 1), file('server.pcap', 2)], [['client.pcap'], ['server.pcap']]],
  ['a ring of tcpdump -C', [file('ring', 1), file('ring1', 2), file('ring2', 3)], [['ring', 'ring1', 'ring2']]],
  [
    'a ring of dumpcap',
    [file('x_00001_20261122.pcapng', 1), file('x_00002_20261122.pcapng', 2)],
    [['x_00001_20261122.pcapng', 'x_00002_20261122.pcapng']],
  ],
  ['a ring of which parts are packed', [file('p.1.pcap.gz', 1), file('p.2.pcap', 2)], [['p.1.pcap.gz', 'p.2.pcap']]],
  [
    'two rings side by side',
    [file('a.1.pcap', 1), file('b.1.pcap', 1), file('a.2.pcap', 5), file('b.2.pcap', 5)],
    [
      ['a.1.pcap', 'a.2.pcap'],
      ['b.1.pcap', 'b.2.pcap'],
    ],
  ],
  ['the same name in two folders', [file('x/p1.pcap', 1), file('y/p2.pcap', 2)], [['x/p1.pcap'], ['y/p2.pcap']]],
  ['another link type', [file('p1.pcap', 1), file('p2.pcap', 2, 'LINUX_SLL2')], [['p1.pcap'], ['p2.pcap']]],
  ['an earlier part after a later one', [file('p2.pcap', 2), file('p1.pcap', 1)], [['p2.pcap'], ['p1.pcap']]],
  ['the same file twice', [file('p1.pcap', 1), file('p1.pcap', 1)], [['p1.pcap'], ['p1.pcap']]],
])('%s', (_what, files, points) => {
  expect(groupPoints(files).map(({ paths }) => paths)).toEqual(points);
});
