Feature: Sessions

  A session lasts as long as somebody works in it and no longer, and whoever steals a token of it must not get far. How people prove who
  they are is out of scope here.

  Background:
    Given customer "Northwind" has signed up
    And the owner has logged in once more

  @REQ-SEC-011
  Rule: A refresh token must work once; its second use must end the whole session

    Scenario: A session that is renewed goes on under new tokens
      When the owner renews the session
      Then the session is open

    Scenario: A token that is used for a second renewal ends the session
      Given the owner has renewed the session
      When somebody renews the session with the token that was used
      Then it is refused for want of a valid token
      And nothing of the session is open

  @REQ-SEC-012
  Rule: After logout neither token of the session may work, and both must be refused

    Scenario: Whoever logs out is out
      When the owner logs out
      Then nothing of the session is open

    Scenario: Whoever logs out of a renewed session is out
      Given the owner has renewed the session
      When the owner logs out
      Then nothing of the session is open

  @REQ-SEC-013 @needs_clock_control
  Rule: A session that is idle for an hour must end

    Scenario: A session that was idle for a second less than an hour can be renewed
      Given 3599 seconds have passed since
      When the owner renews the session
      Then the session is open

    Scenario: A session that was idle for an hour is over
      When 60 minutes pass
      Then nothing of the session is open

  @REQ-SEC-007 @needs_clock_control
  Rule: Five failed logins must lock the account for a period, and a correct password must never open it before

    Scenario: Four failed logins lock nobody out
      Given four logins of the owner have failed
      When the owner logs in with the right password
      Then the session is open

    Scenario: Five failed logins lock the account
      Given five logins of the owner have failed
      When the owner logs in with the right password
      Then it is refused for want of a valid token

    Scenario: A locked account stays locked for a second less than 15 minutes
      Given five logins of the owner have failed
      And 899 seconds have passed since
      When the owner logs in with the right password
      Then it is refused for want of a valid token

    Scenario: After 15 minutes the right password opens the account again
      Given five logins of the owner have failed
      And 15 minutes have passed since
      When the owner logs in with the right password
      Then the session is open
