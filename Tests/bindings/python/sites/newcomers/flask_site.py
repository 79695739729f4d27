# SPDX-License-Identifier: Apache-2.0
import tpc
from flask import Flask

app = Flask(__name__)
tpc.flask.TPC(app)


@app.get("/pricing")
def pricing():
    return "<h1>Pricing</h1>"
