//! A database that is further away, for `bench.py`: a proxy that passes requests on a set time after they came.
//!
//! ```text
//! distant ADDRESS DATABASE MICROSECONDS
//! ```
//!
//! Answers are not held up, so that each round trip takes that time longer. A thread sleeps for each connection:
//! the timers of tokio and Python know only whole milliseconds.

use std::{
    env,
    error::Error,
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    thread,
    time::Duration,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [address, database, delay] = &arguments[..] else {
        return Err("usage: distant ADDRESS DATABASE MICROSECONDS".into());
    };
    let delay = Duration::from_micros(delay.parse()?);
    for client in TcpListener::bind(address)?.incoming() {
        let client = client?;
        let server = TcpStream::connect(database)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (to_server, to_client) = (server.try_clone()?, client.try_clone()?);
        // A connection that breaks ends its two threads; whoever used it says so.
        thread::spawn(move || pass(client, to_server, delay));
        thread::spawn(move || pass(server, to_client, Duration::ZERO));
    }
    Ok(())
}

fn pass(mut from: TcpStream, mut to: TcpStream, delay: Duration) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        let length = from.read(&mut buffer)?;
        if length == 0 {
            return to.shutdown(Shutdown::Write);
        }
        if !delay.is_zero() {
            thread::sleep(delay);
        }
        to.write_all(&buffer[..length])?;
    }
}
