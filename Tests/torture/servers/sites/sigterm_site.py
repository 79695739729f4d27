# SPDX-License-Identifier: Apache-2.0
"""The other sites with deliver_on_sigterm, for servers that do not handle SIGTERM; as a program, uvicorn with Django."""

import tpc

tpc.deliver_on_sigterm()

if __name__ == "__main__":
    import os

    import uvicorn
    from django_site import asgi

    uvicorn.run(asgi, port=int(os.environ["PORT"]))
else:
    from flask_site import application as flask  # noqa: F401
    from wsgi_site import application  # noqa: F401
