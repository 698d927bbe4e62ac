// The page's line to its kernel: Jupyter's message protocol, one comm, nothing else.

const TARGET = "cairn.desk";
// Voilà reads every message with bytes as one of this protocol.
const PROTOCOL = "v1.kernel.websocket.jupyter.org";
const encoder = new TextEncoder(), decoder = new TextDecoder();

export class Line {
  // news: called with what the kernel tells by itself; lost: called once when it is gone
  constructor(kernel, news, lost) {
    this.news = news;
    this.lost = lost;
    this.comm = crypto.randomUUID();
    this.session = crypto.randomUUID();
    this.waiting = new Map();
    this.count = 0;
    const address = `ws://${location.host}/api/kernels/${kernel}/channels`;
    this.socket = new WebSocket(`${address}?session_id=${this.session}`, [PROTOCOL]);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () =>
      this.send("comm_open", { target_name: TARGET, data: {} });
    this.socket.onmessage = (event) => this.heard(event.data);
    this.socket.onclose = () => this.hangUp();
  }

  // Ask the kernel; resolves to its answer (with .buffers), rejects with what is wrong.
  ask(name, content = {}, buffers = []) {
    const id = ++this.count;
    const data = { ...content, ask: name, id };
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send("comm_msg", { data }, buffers);
    });
  }

  send(type, content, buffers = []) {
    const header = {
      msg_id: crypto.randomUUID(), msg_type: type, username: "", version: "5.3",
      session: this.session, date: new Date().toISOString(),
    };
    const parts = [header, {}, {}, { comm_id: this.comm, ...content }];
    const texts = ["shell", ...parts.map((part) => JSON.stringify(part))];
    this.socket.send(packed([...texts.map((text) => encoder.encode(text)), ...buffers]));
  }

  heard(raw) {
    const message = unpacked(raw);
    const type = message.header.msg_type;
    if (type === "status" && ["dead", "restarting"].includes(message.content.execution_state))
      this.hangUp();
    if (type !== "comm_msg" || message.content.comm_id !== this.comm) return;
    const data = message.content.data;
    if (data.id === undefined) return this.news(data);
    const asked = this.waiting.get(data.id);
    this.waiting.delete(data.id);
    if (!asked) return;
    if (data.answer) asked.resolve({ ...data.answer, buffers: message.buffers ?? [] });
    else asked.reject(data);
  }

  hangUp() {
    const lost = this.lost;
    this.lost = () => {};
    this.socket.close();
    this.waiting.clear();
    lost();
  }
}

// A message: number of offsets, the offsets, then channel, header, parent header,
// metadata and content as JSON, and the bytes beside them; the last offset is the end.
function packed(parts) {
  const head = 8 * (parts.length + 2);
  const whole = new Uint8Array(head + parts.reduce((sum, part) => sum + part.byteLength, 0));
  const view = new DataView(whole.buffer);
  view.setBigUint64(0, BigInt(parts.length + 1), true);
  let at = head;
  parts.forEach((part, number) => {
    view.setBigUint64(8 * (number + 1), BigInt(at), true);
    whole.set(part, at);
    at += part.byteLength;
  });
  view.setBigUint64(8 * (parts.length + 1), BigInt(at), true);
  return whole.buffer;
}

function unpacked(raw) {
  const view = new DataView(raw);
  const at = (number) => Number(view.getBigUint64(8 * number, true));
  const parts = Array.from({ length: at(0) - 1 }, (_, i) => raw.slice(at(i + 1), at(i + 2)));
  const [, header, , , content] = parts.slice(0, 5).map((part) => decoder.decode(part));
  return { header: JSON.parse(header), content: JSON.parse(content), buffers: parts.slice(5) };
}
