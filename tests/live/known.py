"""What servers and clients both know, of these tests only."""
PASSWORD = "tea-and-biscuits-7"
TOKEN = "9944b09199c62bcf9418ad846dd0e4bb"
JWT_SECRET = "the live tests' own signing secret"
