// NestJS with its two usual guards, unmodified: @nestjs/jwt as its documentation shows it, and
// @nestjs/passport with passport-jwt; and a guard of roles. Decorators are called as functions, so
// that nothing need be compiled. node nestjs.mjs PORT SECRET
import 'reflect-metadata';
import { Controller, Get, Inject, Module, UnauthorizedException, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

const [port, secret] = process.argv.slice(2);
const checks = { issuer: 'https://id.example', audience: 'live' };

class BearerGuard {
  constructor(jwt) { this.jwt = jwt; }

  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const [type, token] = request.headers.authorization?.split(' ') ?? [];
    if (type !== 'Bearer' || !token) throw new UnauthorizedException();
    try {
      request.user = await this.jwt.verifyAsync(token, { secret, ...checks });
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}
Inject(JwtService)(BearerGuard, undefined, 0);

class RoleGuard {
  canActivate(context) { return context.switchToHttp().getRequest().user?.role === 'admin'; }
}

class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: secret, ...checks });
  }

  validate(payload) { return payload; }
}

class Items {
  guarded() { return { items: [] }; }

  passport() { return { items: [] }; }

  admin() { return { items: [] }; }

  role() { return { items: [] }; }
}
const route = (name, path, ...guards) => {
  const property = Object.getOwnPropertyDescriptor(Items.prototype, name);
  Get(path)(Items.prototype, name, property);
  UseGuards(...guards)(Items.prototype, name, property);
};
route('guarded', 'guard/items', BearerGuard);
route('passport', 'passport/items', AuthGuard('jwt'));
route('admin', 'guard/admin', BearerGuard, RoleGuard);
route('role', 'role/items', RoleGuard);
Controller()(Items);

class App {}
Module({ imports: [JwtModule.register({}), PassportModule], controllers: [Items], providers: [JwtStrategy] })(App);

const app = await NestFactory.create(App, { logger: false });
await app.listen(Number(port), '127.0.0.1');
