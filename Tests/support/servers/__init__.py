"""Servers for the tests: each listens on a loopback port it picks itself, and ends with its `with` block.

- `fault_server.FaultServer`: HTTP/1.1 that misbehaves byte by byte, plain or over TLS.
- `full_backlog.FullBacklog`: a port whose connections are never made.
- `http2_server.Http2Server`: HTTP/2 over TLS, with GOAWAY, RST_STREAM and limits on streams.
- `proxy.Proxy`: a forward proxy.
- `tls.Certificates`: an authority made up for the test, and good and bad certificates.
- `collector_process.CollectorProcess`: the local collector as a process of its own.
- `nginx.Nginx`, `apache.Apache`: Debian's web servers with our modules; `web_server.WebServer` is what they share.
- `ports.held_port`: a port for a server that cannot pick one itself.
"""
