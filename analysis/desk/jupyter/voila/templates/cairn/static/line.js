// The page's line to its kernel: Jupyter's message protocol, one comm, nothing else.

const TARGET = "cairn.desk";
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
    this.socket = new WebSocket(`${address}?session_id=${this.session}`);
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
    const message = {
      header: {
        msg_id: crypto.randomUUID(), msg_type: type, username: "", version: "5.3",
        session: this.session, date: new Date().toISOString(),
      },
      parent_header: {}, metadata: {}, channel: "shell",
      content: { comm_id: this.comm, ...content },
    };
    this.socket.send(buffers.length ? packed(message, buffers) : JSON.stringify(message));
  }

  heard(raw) {
    const message = typeof raw === "string" ? JSON.parse(raw) : unpacked(raw);
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
    this.waiting.clear();
    lost();
  }
}

// A message with bytes: number of parts, where each begins, then the parts.
function packed(message, buffers) {
  const parts = [encoder.encode(JSON.stringify(message)), ...buffers];
  const head = 4 * (parts.length + 1);
  const whole = new Uint8Array(head + parts.reduce((sum, part) => sum + part.byteLength, 0));
  const view = new DataView(whole.buffer);
  view.setUint32(0, parts.length);
  let at = head;
  parts.forEach((part, number) => {
    view.setUint32(4 * (number + 1), at);
    whole.set(new Uint8Array(part.buffer ?? part, part.byteOffset ?? 0, part.byteLength), at);
    at += part.byteLength;
  });
  return whole.buffer;
}

function unpacked(raw) {
  const view = new DataView(raw);
  const n = view.getUint32(0);
  const starts = Array.from({ length: n }, (_, i) => view.getUint32(4 * (i + 1)));
  const parts = starts.map((at, i) => raw.slice(at, starts[i + 1] ?? raw.byteLength));
  return { ...JSON.parse(decoder.decode(parts[0])), buffers: parts.slice(1) };
}
