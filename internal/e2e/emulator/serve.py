"""The emulator: moto's API server with a strict CloudFormation engine, cross-account rules and Route 53 Profiles.

usage: serve.py PORT [--with-stdin]     --with-stdin: ends when its standard input does, so that it never outlives who started it
"""
import gc, os, sys, threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
port = sys.argv[1]
os.environ["EMULATOR_URL"] = f"http://127.0.0.1:{port}"
os.environ.update(MOTO_IAM_LOAD_MANAGED_POLICIES="true", AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")
for k in [k for k in os.environ if k.startswith("AWS_ENDPOINT_URL")]:
    del os.environ[k]
import moto

assert moto.__version__ == "5.2.1", f"the emulator corrects moto 5.2.1, found {moto.__version__}"
import engine, handlers, fidelity, profiles, ground, firewall, resolver, rights

profiles.mount()
if "--with-stdin" in sys.argv:
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main

# What is loaded by now stays: the collector need not look at it again, nor as often as for a small program.
gc.freeze()
gc.set_threshold(50_000, 20, 50)

main(["-H", "127.0.0.1", "-p", port])
