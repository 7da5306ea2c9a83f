# Runs on an instance in the spoke's VPC: asks the VPC's resolver for each name every two seconds, without caches between, and writes
# what changes to the console, where get-console-output reads it. No packet leaves the network.
import os, socket, ssl, struct, time

NAMES = "@NAMES@".split()
VIA = "@VIA@"


def ask(name):
    query = struct.pack(">HHHHHH", os.getpid() & 65535, 0x0100, 1, 0, 0, 0)
    query += b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0" + struct.pack(">HH", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(3)
        s.sendto(query, ("169.254.169.253", 53))
        reply = s.recv(4096)
    count, at = struct.unpack(">H", reply[6:8])[0], len(query)
    for _ in range(count):  # answers begin with a pointer to a name
        while reply[at] and reply[at] < 192:
            at += reply[at] + 1
        at += 2 if reply[at] else 1
        kind, _, _, size = struct.unpack(">HHIH", reply[at:at + 10])
        if kind == 1:
            return socket.inet_ntoa(reply[at + 10:at + 14])
        at += 10 + size
    return "none"


def tls(name):
    """Whether the endpoint answers to a name: with a certificate of that name, or which error."""
    try:
        with socket.create_connection((VIA, 443), 10) as raw:
            with ssl.create_default_context().wrap_socket(raw, server_hostname=name) as s:
                s.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
                return s.recv(200).split(b"\r\n")[0].decode()
    except OSError as e:
        return str(e)


def now():
    return time.strftime("%H:%M:%S", time.gmtime())


def write(line):
    with open("/dev/console", "w") as console:
        console.write(line + "\n")


last, round_ = {}, 0
while True:
    for name in NAMES:
        try:
            answer = ask(name)
        except OSError as e:
            answer = "error:" + type(e).__name__
        if last.get(name) != answer:
            last[name] = answer
            write(f"NAME {now()} {name} {answer}")
    if round_ == 5:
        for name in ("sts.@REGION@.amazonaws.com", "sts.amazonaws.com", "sts.@REGION@.api.aws"):
            write(f"TLS {now()} {name} {tls(name)}")
    round_ += 1
    time.sleep(2)
